"""Reach: the other persons whom a resource may name if it is to be read under a decision."""

from lhcr.access.decision import AccessDecision
from lhcr.identity.principal import PrincipalKind


def persons_to_be_named(decision: AccessDecision) -> tuple[int, ...] | None:
    """Return the persons whom a readable resource may name, None for everybody.

    A system sees what its own organisation contributed, whomever it names; anybody else needs a permit for each.
    """
    return None if decision.principal.kind is PrincipalKind.SYSTEM else decision.visibility.persons
