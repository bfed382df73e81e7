"""Places in what is served: left out of a restricted person's entries wherever they leave the record.

Hazard: the address of a restricted person is exposed. What the decision does not show is not served. Of anybody else nothing is
parsed.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from lhcr.access.decision import AccessDecision
from lhcr.fhir.whereabouts.location_safe import location_safe
from lhcr.record.stored import Stored
from lhcr.store.visibility import Places

S = TypeVar("S", Stored, Stored | None)


def served(decision: AccessDecision, stored: S) -> S:
    """Return a version as the decision lets it be served."""
    if stored is None or stored.body is None:
        return stored
    return replace(stored, body=served_body(decision, stored.type, stored.body))


def served_versions(decision: AccessDecision, versions: Iterable[Stored]) -> list[Stored]:
    return [served(decision, version) for version in versions]


def served_body(decision: AccessDecision, resource_type: str, body: bytes) -> bytes:
    """Return a stored body as the decision lets it be served; one that names nobody shows nobody's places."""
    return body if decision.visibility.places is Places.SHOWN else location_safe(resource_type, body)
