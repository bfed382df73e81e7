"""Agreements together, against an oracle that reads them one question at a time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.access.agreement import EVERY, Agreement, SafetyTester, State
from lhcr.access.agreement_policy import Otherwise
from lhcr.access.agreements import NO_TERMS, Agreements
from lhcr.access.span import ENDLESS

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CATEGORIES = frozenset({"allergy", "problem", "demographics", "other"})
ORGANISATIONS = ("RRE", "A81001", "FA123")
ASKER = SafetyTester("A81001", "me")


def agreement(name: str = "one", **members: object) -> Agreement:
    usual = {
        "agreement_id": name,
        "sources": frozenset({"RRE"}),
        "recipients": frozenset({"A81001"}),
        "categories": frozenset({EVERY}),
        "state": State.OPEN,
        "testers": frozenset(),
        "low": NOW - timedelta(days=1),
        "high": ENDLESS,
        "in_emergency": False,
    }
    return Agreement(**{**usual, **members})  # type: ignore[arg-type]


def shared(
    *agreements: Agreement,
    source: str = "RRE",
    asker: SafetyTester = ASKER,
    emergency: bool = False,
    otherwise: Otherwise = Otherwise.OPEN,
) -> frozenset[str]:
    known = Agreements(agreements)
    terms = known.terms(asker.organisation, asker.user_id, emergency=emergency, now=NOW)
    return known.shared(terms, source, asker.organisation, every=CATEGORIES, otherwise=otherwise)


def test_where_nothing_is_agreed_policy_says_whether_everything_is_shared_or_nothing() -> None:
    assert shared() == CATEGORIES
    assert shared(otherwise=Otherwise.OFF) == frozenset()
    elsewhere = agreement(sources=frozenset({"FA123"}))
    assert shared(elsewhere, otherwise=Otherwise.OFF) == frozenset()
    assert shared(elsewhere) == CATEGORIES


def test_what_an_agreement_does_not_name_is_not_shared() -> None:
    assert shared(agreement(categories=frozenset({"allergy"}))) == {"allergy"}


def test_hazard_other_follows_entries_of_every_kind_and_is_shared_with_all_of_them_alone() -> None:
    """Hazard: a sensitive item exposed by its Provenance."""
    assert shared(agreement(categories=frozenset({"allergy", "other"}))) == {"allergy"}
    stopped = agreement("two", categories=frozenset({"problem"}), state=State.OFF)
    assert shared(agreement(), stopped) == {"allergy", "demographics"}


def test_hazard_an_agreement_that_ended_opens_nothing_and_one_that_has_not_begun_changes_nothing() -> None:
    ended = agreement(high=NOW)
    assert shared(ended) == frozenset()
    assert shared(agreement(state=State.OFF, low=NOW + timedelta(seconds=1))) == CATEGORIES
    assert shared(agreement(low=NOW + timedelta(seconds=1)), otherwise=Otherwise.OFF) == frozenset()


def test_the_agreement_that_names_both_most_closely_counts() -> None:
    off_for_all = agreement("all", recipients=frozenset({EVERY}), state=State.OFF)
    assert shared(off_for_all) == frozenset()
    assert shared(off_for_all, agreement()) == CATEGORIES
    from_every_source = agreement("every", sources=frozenset({EVERY}))
    assert shared(off_for_all, from_every_source) == frozenset()
    assert shared(off_for_all, from_every_source, source="FA123") == CATEGORIES


def test_testers_see_before_others_and_an_emergency_lifts_only_what_says_so() -> None:
    tried = agreement(state=State.TESTERS, testers=frozenset({ASKER}))
    assert shared(tried) == CATEGORIES
    for other in (SafetyTester("A81001", "you"), SafetyTester("FA123", "me")):
        assert shared(tried, asker=other) == (frozenset() if other.organisation == "A81001" else CATEGORIES)
    off = agreement(state=State.OFF)
    assert shared(off, emergency=True) == frozenset()
    assert shared(agreement(state=State.OFF, in_emergency=True), emergency=True) == CATEGORIES
    assert shared(agreement(state=State.OFF, in_emergency=True)) == frozenset()


def test_the_next_beginning_or_end_is_told() -> None:
    known = Agreements(
        [
            agreement("a", high=NOW + timedelta(hours=2)),
            agreement("b", low=NOW + timedelta(hours=1)),
            agreement("c", recipients=frozenset({"FA123"}), low=NOW + timedelta(minutes=1)),
        ]
    )
    assert known.terms("A81001", "me", emergency=False, now=NOW).changes == NOW + timedelta(hours=1)
    assert known.terms("RRE", "me", emergency=False, now=NOW) == NO_TERMS


_some = st.sets(st.sampled_from(ORGANISATIONS), min_size=1).map(frozenset) | st.just(frozenset({EVERY}))
_agreement = st.builds(
    agreement,
    name=st.text("abc", min_size=1, max_size=3),
    sources=_some,
    recipients=_some,
    categories=st.sets(st.sampled_from(sorted(CATEGORIES)), min_size=1).map(frozenset) | st.just(frozenset({EVERY})),
    state=st.sampled_from(State),
    testers=st.sets(st.sampled_from([ASKER, SafetyTester("FA123", "you")])).map(frozenset),
    low=st.sampled_from([NOW - timedelta(days=2), NOW, NOW + timedelta(days=1)]),
    high=st.sampled_from([NOW - timedelta(days=1), NOW + timedelta(days=2), ENDLESS]),
    in_emergency=st.booleans(),
)


def oracle(
    agreements: list[Agreement], source: str, asker: SafetyTester, *, emergency: bool, otherwise: Otherwise
) -> frozenset[str]:
    """In the order of the text: who is named most closely, then what is open, then what is stopped, then what tells of others."""
    begun = [each for each in agreements if each.low <= NOW]
    for sources, recipients in (
        (source, asker.organisation),
        (source, EVERY),
        (EVERY, asker.organisation),
        (EVERY, EVERY),
    ):
        closest = [each for each in begun if sources in each.sources and recipients in each.recipients]
        if closest:
            break
    else:
        return CATEGORIES if otherwise is Otherwise.OPEN else frozenset()
    found = {category for category in CATEGORIES if _is_shared(closest, category, asker, emergency=emergency)}
    return frozenset(found if found == CATEGORIES else found - {"other"})


def _is_shared(closest: list[Agreement], category: str, asker: SafetyTester, *, emergency: bool) -> bool:
    about = [each for each in closest if each.high > NOW and each.categories & {category, EVERY}]
    return bool(about) and all(
        each.state is State.OPEN
        or (each.state is State.TESTERS and asker in each.testers)
        or (emergency and each.in_emergency)
        for each in about
    )


@settings(max_examples=400, deadline=None)
@given(
    st.lists(_agreement, max_size=5),
    st.sampled_from([*ORGANISATIONS, "NEW"]),
    st.sampled_from([ASKER, SafetyTester("FA123", "you"), SafetyTester("NEW", "me"), SafetyTester("", "me")]),
    st.booleans(),
    st.sampled_from(Otherwise),
)
def test_what_is_shared_is_what_the_text_says(
    agreements: list[Agreement],
    source: str,
    asker: SafetyTester,
    emergency: bool,  # noqa: FBT001
    otherwise: Otherwise,
) -> None:
    expected = oracle(agreements, source, asker, emergency=emergency, otherwise=otherwise)
    assert shared(*agreements, source=source, asker=asker, emergency=emergency, otherwise=otherwise) == expected
