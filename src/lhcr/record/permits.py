"""The permits of a write: the epochs at which they were given, and to whom nothing in force ties who writes."""

from collections.abc import Iterator

from lhcr.access.decision import AccessDecision
from lhcr.access.request import UNKNOWN
from lhcr.identity.principal import PrincipalKind
from lhcr.record.placed import Placed


def person_named(decision: AccessDecision) -> int | None:
    """Return the person whom a decision names, None where that is nobody who is here."""
    asked = decision.request.person
    return None if asked is None or asked is UNKNOWN or asked <= 0 else asked


def epochs_of(placed: Placed) -> dict[int, int]:
    """Return, by person, the epochs at which writing was permitted, the oldest where there are several.

    A system's permit hangs on nothing that a person's facts say.
    """
    if placed.decision.principal.kind is PrincipalKind.SYSTEM:
        return {}
    epochs: dict[int, int] = {}
    for person_id, decision in _named(placed):
        if decision.person_epoch is not None:
            epochs[person_id] = min(decision.person_epoch, epochs.get(person_id, decision.person_epoch))
    return epochs


def unrelated(placed: Placed) -> frozenset[int]:
    """Return the persons to whom no recorded relationship in force ties a professional who writes about them."""
    if placed.decision.principal.kind is not PrincipalKind.PROFESSIONAL:
        return frozenset()
    return known_by_own_word(placed) | {person_id for person_id, decision in _named(placed) if decision.own_only}


def known_by_own_word(placed: Placed) -> frozenset[int]:
    """Return the persons about whom somebody writes by nothing but their own claim or in an emergency."""
    return frozenset(person_id for person_id, decision in _named(placed) if decision.on_own_word)


def _named(placed: Placed) -> Iterator[tuple[int, AccessDecision]]:
    for decision in (placed.decision, *placed.others.values(), *placed.decided):
        if (person_id := person_named(decision)) is not None:
            yield person_id, decision
