"""What a page says of what is hidden with notice: the same whatever it is, and to each reader what they can do next."""

from datetime import UTC, datetime

import pytest
from tests.portal.presenters.test_completeness import seen

from lhcr.access.alerts import AlertType
from lhcr.access.own_word import InForce
from lhcr.access.policy import area_policy, baseline_policy
from lhcr.identity.principal import PrincipalKind
from lhcr.portal.presenters.completeness import present_completeness
from lhcr.portal.presenters.notice import NoticePart, present_notice
from lhcr.portal.presenters.own_word import ways_to_more
from lhcr.portal.presenters.sharing_words import not_stopped
from lhcr.portal.presenters.trace import present_trace
from lhcr.views.completeness import Completeness, Whereabouts
from lhcr.views.nothing import Kind
from lhcr.views.sections.table import SectionTable

NOTHING = InForce()
URGENT = InForce(emergency=datetime(2026, 3, 2, 10, tzinfo=UTC))
WAYS = (AlertType.RELATIONSHIP, AlertType.ACCESS)


def shown(
    kind: PrincipalKind, *, own: bool = False, noticed: bool = True, in_force: InForce = NOTHING
) -> NoticePart | None:
    whereabouts = Whereabouts.OWN if own else Whereabouts.WITHHELD
    found = Completeness(noticed=noticed, whereabouts=whereabouts)
    ways = WAYS if kind is PrincipalKind.PROFESSIONAL else ()
    return present_notice(found, kind, key="k", ways=ways, in_force=in_force)


def test_staff_are_led_to_emergency_access_unless_it_has_begun() -> None:
    assert shown(PrincipalKind.PROFESSIONAL, noticed=False) is None
    part, urgent = shown(PrincipalKind.PROFESSIONAL), shown(PrincipalKind.PROFESSIONAL, in_force=URGENT)
    assert part is not None
    assert part.urgent is not None
    assert part.urgent.href.endswith("/k/emergency")
    assert urgent is not None
    assert urgent.urgent is None


def test_people_and_their_proxies_are_told_whom_to_ask() -> None:
    own, proxy = shown(PrincipalKind.CITIZEN, own=True), shown(PrincipalKind.CITIZEN)
    assert own is not None
    assert proxy is not None
    assert "your record" in own.sentence
    assert "this person's record" in proxy.sentence
    assert own.urgent is proxy.urgent is None


@pytest.mark.parametrize("told", [False, True])
def test_a_page_does_not_say_that_it_tells_nothing_to_whom_it_may_tell(table: SectionTable, *, told: bool) -> None:
    """Hazard: a page that contradicts what stands above it."""
    page = present_completeness(seen(table, Completeness(withholds=True, tells_withheld=told)))
    assert ("whether or not there are any" in page.withholds) is not told


def test_a_section_says_that_some_of_it_is_hidden_where_policy_tells_its_kind(table: SectionTable) -> None:
    """Hazard: a list of allergies that looks whole."""
    record = seen(table, Completeness(noticed=True, hidden=frozenset({"allergies"})))
    sections = {key: record.section(key) for key in ("allergies", "problems")}
    kinds = {key: [each.kind for each in found.nothings] for key, found in sections.items() if found}
    assert Kind.NOT_ALLOWED in kinds["allergies"]
    assert Kind.NOT_ALLOWED not in kinds["problems"]
    section = sections["problems"]
    assert section is not None
    assert section.nothings[0].sentence.startswith("Nothing that you may see")


def test_the_page_of_choices_says_that_staff_are_told_where_policy_has_it_so() -> None:
    """Hazard: somebody who believes that nobody knows that they keep something back."""
    nobody = area_policy(b'{"notice":{"objection":[],"value_set":[],"label":[],"agreement":[],"never":[],"kinds":[]}}')
    for policy, said in ((baseline_policy(), True), (nobody, False)):
        for own in (True, False):
            headings = [heading for heading, _ in not_stopped(policy, own=own)]
            assert ("That something is kept back" in headings) is said


@pytest.mark.parametrize("notice", [{"notice": True}, {"notice": False}, {}], ids=["given", "not-given", "of-before"])
def test_the_page_of_a_decision_says_that_notice_was_given(notice: dict[str, bool]) -> None:
    """A trace of before tells of none."""
    trace = {"policy": "p", "verdicts": [], "decisive": "role", "permitted": True, **notice}
    told = [each for each in present_trace(trace).limits if "is hidden from them" in each]
    assert bool(told) is notice.get("notice", False)


def test_who_is_kept_to_own_entries_by_an_objection_is_not_led_to_a_claim_that_lifts_none() -> None:
    assert ways_to_more(WAYS, objected=False) == WAYS
    assert ways_to_more(WAYS, objected=True) == (AlertType.ACCESS,)
