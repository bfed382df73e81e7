"""The fold: many verdicts, one outcome.

An error of a rule is deny-always. Emergency lifts only deny-unless-emergency. Where nobody permits, the answer is no.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lhcr.access.case import Case
from lhcr.access.verdict import Verdict, VerdictKind, deny_always

Rule = Callable[[Case], Verdict]
_NOBODY_PERMITS: Final = deny_always("default", "No rule permits this.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`decisive` is the verdict that settled it; `own_only` narrows a permit to the own organisation's contributions."""

    permitted: bool
    decisive: Verdict
    own_only: bool
    verdicts: tuple[Verdict, ...]


def judge_all(case: Case, rules: Sequence[tuple[str, Rule]]) -> tuple[Verdict, ...]:
    """Ask every rule in order; one that fails denies, so that a defect never opens a record."""
    return tuple(_judge(case, name, rule) for name, rule in rules)


def fold(verdicts: Sequence[Verdict], *, emergency: bool = False) -> Outcome:
    denials = [verdict for verdict in verdicts if verdict.kind is VerdictKind.DENY_ALWAYS]
    liftable = [verdict for verdict in verdicts if verdict.kind is VerdictKind.DENY_UNLESS_EMERGENCY]
    permits = [verdict for verdict in verdicts if verdict.kind is VerdictKind.PERMIT]
    if emergency and liftable:
        permits, liftable = [*permits, *liftable], []
    denials = denials or liftable or ([] if permits else [_NOBODY_PERMITS])
    return Outcome(
        permitted=not denials,
        decisive=denials[0] if denials else permits[0],
        own_only=not denials and all(verdict.own_only for verdict in permits),
        verdicts=tuple(verdicts),
    )


def _judge(case: Case, name: str, rule: Rule) -> Verdict:
    try:
        return rule(case)
    except Exception:  # noqa: BLE001 - whatever is wrong with a rule, nobody gets in through it.
        return deny_always(name, "The rule failed, and a rule that fails refuses.")
