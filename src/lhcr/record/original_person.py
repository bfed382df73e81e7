"""The original person: which of two people who were taken for one an entry is about, by the reference and numbers that its source wrote.

Hazard: wrong person. What names both, or neither, is not guessed at: it stays where it is, and is told.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum

from lhcr.fhir.search.homes import followed_references
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.record.identity_claim import IdentityClaim, claims_that_stand
from lhcr.record.links import Key, links
from lhcr.record.naming import naming_of

_PATIENT = "Patient"


class Whose(Enum):
    MERGED = "merged"
    SURVIVOR = "survivor"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOfTwo:
    """What one of the two is known by: ids of Patients, and identifiers. `entries` are the keys of what is theirs for certain."""

    patients: set[Key] = field(default_factory=set)
    claims: set[IdentityClaim] = field(default_factory=set)
    entries: set[Key] = field(default_factory=set)


class OriginalPerson:
    """Tells two people apart. `key` reads what a literal reference names."""

    def __init__(self, merged: OneOfTwo, survivor: OneOfTwo, *, key: Callable[[str], Key | None]) -> None:
        self._known = {Whose.MERGED: merged, Whose.SURVIVOR: survivor}
        self._key = key

    def of(self, resource: JsonObject, *, source_id: int) -> Whose | None:
        """Return whose an entry is, None where it does not tell."""
        if resource["resourceType"] == _PATIENT:
            return self._by_claims(claims_that_stand(resource, source_id=source_id))
        try:
            naming = naming_of(resource, source_id=source_id, entry_type=_no_entry)
        except Incorrect:
            return None
        if naming is not None:
            by_reference = None if naming.reference is None else self._by_patient(naming.reference)
            return by_reference or self._by_claims(naming.claims)
        return self._by_following(resource)

    def named(self, resource: JsonObject) -> AbstractSet[Whose]:
        """Return who of the two stands anywhere in an entry."""
        found = links(resource)
        keys = {self._key(each["reference"]) for each in found.references}
        numbers = {each.get("value") for each in found.numbered}
        numbers |= {
            each["identifier"].get("value") for each in found.numbered if isinstance(each.get("identifier"), dict)
        }
        return {
            whose
            for whose, known in self._known.items()
            if not known.patients.isdisjoint(key for key in keys if key)
            or numbers & {each.value for each in known.claims}
        }

    def _by_following(self, resource: JsonObject) -> Whose | None:
        """What names nobody itself is where what it is about is; what the merged does not have, the survivor has."""
        keys = {key for each in followed_references(resource) if (key := self._key(each)) is not None}
        if not keys:
            return None
        return Whose.MERGED if keys & self._known[Whose.MERGED].entries else Whose.SURVIVOR

    def _by_patient(self, reference: str) -> Whose | None:
        key = self._key(reference)
        return _only(whose for whose, known in self._known.items() if key in known.patients)

    def _by_claims(self, claims: Iterable[IdentityClaim]) -> Whose | None:
        wanted = set(claims)
        return _only(whose for whose, known in self._known.items() if wanted & known.claims)


def _only(found: Iterable[Whose]) -> Whose | None:
    told = [*found]
    return told[0] if len(told) == 1 else None


def _no_entry(_: str) -> str | None:
    return None
