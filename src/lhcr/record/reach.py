"""Reach: the other persons whom a resource may name if it is to be read whole under a decision."""

from lhcr.access.decision import AccessDecision


def persons_to_be_named(decision: AccessDecision) -> tuple[int, ...] | None:
    """Return the persons whom a resource that is not masked may name, None for everybody.

    A system sees what its own organisation contributed, whomever it names; anybody else needs a permit for each.
    """
    return decision.visibility.nameable
