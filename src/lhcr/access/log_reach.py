"""The reach of a permit to read the log: about whom, and what whose users did.

A person, and whoever acts for them, reads what everybody did with that one record. An office reads what the users and systems of
its own organisation did with any record: it answers for them, and for nobody else's.
"""

from dataclasses import dataclass

from lhcr.access.decision import AccessDecision
from lhcr.access.request import UNKNOWN, Interaction
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Forbidden, Issue

_NOBODY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReach:
    """`person` None: about anybody; `organisation` None: by anybody. One of the two is always named."""

    person: int | None
    organisation: str | None


def log_reach(decision: AccessDecision) -> LogReach:
    """Return which entries a decision reaches. Raises Forbidden for an office of no organisation, which answers for nobody."""
    if decision.request.interaction is not Interaction.AUDIT_READ:
        raise ValueError("the decision is not one on reading the log")
    asked = decision.request.person
    person = _NOBODY if asked is UNKNOWN else asked
    if decision.principal.kind is PrincipalKind.CITIZEN:
        return LogReach(person=_NOBODY if person is None else person, organisation=None)
    if not decision.principal.organisation:
        diagnostics = "The token names no organisation, and the log is shown to the office of the organisation whose users it is about."
        raise Forbidden([Issue(code="forbidden", error="role", diagnostics=diagnostics)])
    return LogReach(person=person, organisation=decision.principal.organisation)
