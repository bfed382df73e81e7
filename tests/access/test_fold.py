"""The fold of verdicts to one outcome, against its definition."""

from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.case import Case
from lhcr.access.fold import fold, judge_all
from lhcr.access.policy import Policy
from lhcr.access.request import Interaction, Request
from lhcr.access.verdict import Verdict, VerdictKind

_VERDICTS = st.lists(
    st.builds(
        Verdict,
        kind=st.sampled_from(VerdictKind),
        rule=st.sampled_from("abc"),
        reason=st.just(""),
        own_only=st.booleans(),
    ),
    max_size=5,
)


def _permitted(kinds: list[VerdictKind], *, emergency: bool) -> bool:
    if VerdictKind.DENY_ALWAYS in kinds:
        return False
    if VerdictKind.DENY_UNLESS_EMERGENCY in kinds:
        return emergency
    return VerdictKind.PERMIT in kinds


@given(_VERDICTS, st.booleans())
def test_the_outcome_is_what_the_kinds_say(verdicts: list[Verdict], emergency: bool) -> None:  # noqa: FBT001
    outcome = fold(verdicts, emergency=emergency)
    assert outcome.permitted == _permitted([verdict.kind for verdict in verdicts], emergency=emergency)


@given(_VERDICTS)
def test_a_permit_is_narrow_only_where_no_wider_one_was_given(verdicts: list[Verdict]) -> None:
    outcome = fold(verdicts)
    permits = [verdict for verdict in verdicts if verdict.kind is VerdictKind.PERMIT]
    if outcome.permitted:
        assert outcome.own_only == all(verdict.own_only for verdict in permits)


def test_a_rule_that_fails_refuses(policy: Policy, cast: object) -> None:
    def broken(case: Case) -> Verdict:
        raise KeyError(case)

    request = Request(interaction=Interaction.READ, type="Patient", person=1)
    case = Case(principal=cast.gp, request=request, policy=policy)  # type: ignore[attr-defined]
    (verdict,) = judge_all(case, [("broken", broken)])
    assert verdict.kind is VerdictKind.DENY_ALWAYS
    assert not fold([verdict], emergency=True).permitted
