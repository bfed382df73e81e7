"""Who looked: entries of the log become episodes that say nothing of what was asked for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.audit.entry import Agent, Entry
from lhcr.views.access_history import ENOUGH, Access, Episode, episodes, is_asker, told_to_proxy, whole_days

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def agent(user: str = "gp", organisation: str = "A81001", kind: str = "professional") -> Agent:
    return Agent(user=user, name=user.upper(), kind=kind, organisation=organisation)


def entry(minutes: int, *, by: Agent | None = None, **more: object) -> Access:
    """An access so many minutes before noon."""
    told: dict[str, object] = {"kind": "rest", "subtype": "read", "action": "R", "outcome": "0", "purpose": "TREAT"}
    told |= {"recorded": NOON - timedelta(minutes=minutes), "agent": by or agent(), "source": "Area", **more}
    return Access(Entry(**told), f"1-{9_999 - minutes}")  # type: ignore[arg-type]


def test_what_one_user_does_on_one_day_is_one_episode() -> None:
    read = entry(1, items={"Condition": "c1 c2/3"}, decision="D-NEWEST")
    (one,) = episodes([read, entry(30, items={"Patient": "p"}, action="U", decision="D-OLDEST")])
    assert (one.first, one.last) == (NOON - timedelta(minutes=30), NOON - timedelta(minutes=1))
    assert one.touched == {"Condition/c1", "Condition/c2", "Patient/p"}
    assert one.changed == {"Patient/p"}
    assert (one.reference, one.newest) == ("D-NEWEST", "1-9998")
    assert one.looked
    assert not one.refusals


def test_another_user_organisation_purpose_or_day_is_another_episode() -> None:
    others = [
        entry(0),
        entry(1, by=agent("nurse")),
        entry(2, by=agent(organisation="RRE")),
        entry(3, purpose="ETREAT"),
        entry(60 * 24),
    ]
    assert len(list(episodes(others))) == 5


def test_what_a_system_did_for_somebody_is_another_episode_than_what_they_did_themself() -> None:
    """Hazard: a supplier's system that nobody knew of is hidden among a doctor's own looks."""
    acting = agent("system", "YGM1", "system")
    through, themself = episodes([entry(0, actor=acting), entry(1), entry(2, actor=acting), entry(3)])
    assert (through.through, themself.through) == (acting, None)
    assert through.first == NOON - timedelta(minutes=2)


def test_a_day_is_a_day_of_the_united_kingdom() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    (one,) = episodes([entry(0, recorded=late)])
    assert one.day.isoformat() == "2026-07-01"


def test_a_refusal_says_that_nothing_was_looked_at() -> None:
    (one,) = episodes([entry(0, outcome="4", rule="relationship"), entry(1, outcome="4", rule="relationship")])
    assert not one.looked
    assert one.refusals == ("relationship",)
    (mixed,) = episodes([entry(0, outcome="4", rule="role"), entry(1)])
    assert mixed.looked
    assert mixed.refusals == ("role",)


def test_hazard_sensitive_item_exposed_an_episode_is_the_same_whatever_was_asked_for() -> None:
    of_type = entry(0, type="Condition", asked="Condition/hidden", query="code=hiv", outcome="8")
    assert list(episodes([of_type])) == list(episodes([entry(0)]))


def test_what_is_opened_on_somebodys_own_word_is_said() -> None:
    claim = entry(0, kind="alert", subtype="claim", action="E")
    (one,) = episodes([claim, entry(1, kind="alert", subtype="claim-ended", action="E"), entry(2)])
    assert one.said == ("claim",)
    assert one.looked


def test_looking_at_this_history_is_told_from_looking_at_an_entry_of_its_type() -> None:
    history = entry(0, type="AuditEvent", subtype="search")
    posted = entry(0, type="AuditEvent", items={"AuditEvent": "a"})
    assert [one.of_log for one in (*episodes([history]), *episodes([posted]), *episodes([history, entry(1)]))] == [
        True,
        False,
        False,
    ]


def test_only_a_citizen_of_the_same_account_is_the_reader() -> None:
    (own,) = episodes([entry(0, by=agent("me", "", "citizen"))])
    (namesake,) = episodes([entry(0, by=agent("me", "A81001"))])
    assert is_asker(own, "me")
    assert not is_asker(own, "other")
    assert not is_asker(namesake, "me")


def one(by: Agent) -> Episode:
    (found,) = episodes([entry(0, by=by)])
    return found


def test_hazard_sensitive_item_exposed_a_proxy_is_told_only_of_organisations_whose_entries_they_see() -> None:
    seen = frozenset({"A81001"})
    assert told_to_proxy(one(agent()), seen)
    assert told_to_proxy(one(agent(kind="system")), seen)
    assert not told_to_proxy(one(agent(organisation="ZCLINIC")), seen)
    assert not told_to_proxy(one(agent("person", "", "citizen")), seen)
    assert not told_to_proxy(one(agent(kind="office")), seen)


@settings(max_examples=60, deadline=None)
@given(asked=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30)), max_size=120), ended=st.booleans())
def test_a_page_ends_with_a_day_and_misses_nothing(*, asked: list[tuple[int, int]], ended: bool) -> None:
    moments = sorted(((day * 1_440 + user, user) for day, user in asked), key=lambda each: each[0])
    entries = [entry(minutes, by=agent(f"u{user}")) for minutes, user in moments]
    taken = whole_days(entries, ended=ended)
    if taken is None:
        assert not ended
        return
    found = list(episodes(entries[:taken]))
    assert taken == len(entries) or entries[taken].entry.recorded.date() < entries[taken - 1].entry.recorded.date()
    assert len(found) >= ENOUGH or taken == len(entries)
    last_day = [each for each in found if each.day == found[-1].day] if found else []
    assert len(found) - len(last_day) < ENOUGH
    assert {(each.agent.user, each.day) for each in found} == {
        (each.agent.user, each.recorded.date()) for each, _ in entries[:taken]
    }
