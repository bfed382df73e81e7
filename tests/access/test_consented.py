"""What objections leave of a permit, against an oracle that reads one entry and one objection at a time."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.access.conftest import GP, NOW
from tests.access.test_consent_gate import SOURCES, all_kinds
from tests.access.test_decide import asking

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.case import Case
from lhcr.access.consent import ConsentFact, consents_of
from lhcr.access.decide import RULES
from lhcr.access.fold import fold, judge_all
from lhcr.access.policy import baseline_policy
from lhcr.access.relationship import Tie
from lhcr.access.request import Interaction
from lhcr.access.scope import Scopes, restricted_to_own

_WORDS = {
    "organisation": ("", "A81001", "RRE"),
    "source": ("", *SOURCES),
    "category": ("", "allergy", "problem", "other"),
}


def facts() -> st.SearchStrategy[ConsentFact]:
    return st.builds(
        ConsentFact,
        objection=st.integers(0, 2),
        permits=st.booleans(),
        low=st.sampled_from([NOW - timedelta(days=2), NOW, NOW + timedelta(days=1)]),
        high=st.sampled_from([NOW - timedelta(days=1), NOW, NOW + timedelta(days=2)]),
        **{name: st.sampled_from(words) for name, words in _WORDS.items()},
    )


def is_hidden(said: list[ConsentFact], *, organisation: str, source: str, category: str) -> bool:
    """The oracle: what somebody keeps from an organisation, read one entry and one objection at a time."""
    if source == organisation:
        return False
    for number in range(3):
        now = [each for each in said if each.objection == number and each.low <= NOW < each.high]
        meant = [each for each in now if each.organisation in {"", organisation} and each.source in {"", source}]
        denied = any(
            each.category in {"", category} or (category == "other" and each.category)
            for each in meant
            if not each.permits
        )
        excepted = any(each.category in {"", category} for each in meant if each.permits)
        if denied and not excepted:
            return True
    return False


@given(said=st.lists(facts(), max_size=6, unique_by=lambda each: each[:5]), contributed=st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_is_left_of_a_record_is_what_an_oracle_leaves_of_it(said: list[ConsentFact], *, contributed: bool) -> None:
    """Hazard: a sensitive item exposed. The gate's rule and scope together, without a database."""
    organisation = "A81001"
    concerning = sorted((each for each in said if each.organisation in {"", organisation}), key=lambda each: each[0])
    kinds = ["registration", *(["contribution"] if contributed else [])]
    case = Case(
        principal=GP,
        request=asking(Interaction.EVERYTHING, None, 7),
        policy=baseline_policy(),
        ties=tuple(Tie(party=organisation, kind=kind, until=NOW + timedelta(days=1)) for kind in kinds),
        consents=consents_of([(1, each) for each in concerning if each.high > NOW], now=NOW),
    )
    outcome = fold(judge_all(case, RULES))
    numbers = {(source, kind): n for n, (source, kind) in enumerate(sorted(all_kinds()), 1)}
    expected = {
        kind for kind in all_kinds() if not is_hidden(said, organisation=organisation, source=kind[0], category=kind[1])
    }
    own = {kind for kind in all_kinds() if kind[0] == organisation}
    if not outcome.permitted:
        assert (outcome.decisive.rule, expected, contributed) == ("consent", own, False)
        return
    own_only = restricted_to_own(case, own_only=outcome.own_only)
    classes = Scopes(case.policy).classes(case, table=table_of(numbers), own_only=own_only)
    assert classes == tuple(sorted(numbers[kind] for kind in expected))


def table_of(numbers: dict[tuple[str, str], int]) -> ClassTable:
    places = {ods: place for place, ods in enumerate(SOURCES, 1)}
    return ClassTable(
        epoch=1,
        classes=tuple(
            AccessClass(class_id=number, source_id=places[source], category=category, labels=())
            for (source, category), number in numbers.items()
        ),
        source_by_ods=places,
        id_by_key={},
    )
