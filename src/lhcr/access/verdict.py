"""A verdict: what one rule says of one case, and why."""

from dataclasses import dataclass
from enum import Enum


class VerdictKind(Enum):
    PERMIT = "permit"
    ABSTAIN = "abstain"
    DENY_UNLESS_EMERGENCY = "deny-unless-emergency"
    DENY_ALWAYS = "deny-always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`rule` is the rule's family, a stable code that callers see; `reason` is one sentence for people without person data.

    `own_only` narrows a permit to what the principal's own organisation contributed.
    """

    kind: VerdictKind
    rule: str
    reason: str
    own_only: bool = False

    @property
    def permits(self) -> bool:
        return self.kind is VerdictKind.PERMIT


def permit(rule: str, reason: str, *, own_only: bool = False) -> Verdict:
    return Verdict(kind=VerdictKind.PERMIT, rule=rule, reason=reason, own_only=own_only)


def abstain(rule: str, reason: str) -> Verdict:
    return Verdict(kind=VerdictKind.ABSTAIN, rule=rule, reason=reason)


def deny_always(rule: str, reason: str) -> Verdict:
    return Verdict(kind=VerdictKind.DENY_ALWAYS, rule=rule, reason=reason)


def deny_unless_emergency(rule: str, reason: str) -> Verdict:
    return Verdict(kind=VerdictKind.DENY_UNLESS_EMERGENCY, rule=rule, reason=reason)
