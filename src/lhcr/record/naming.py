"""Naming: how a resource names the person whom it is about - by a reference, by a number alone, or not at all.

Hazard: partial record. An entry that names its person in a way that nobody follows would stay outside that person's record,
where no reader of it looks; so a person who is named and cannot be found is never taken for nobody.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from lhcr.fhir.search.homes import home, is_patient, references_at
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.blame import path_inside
from lhcr.record.document_subject import Subject, subject_of_bundle
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, identity_claim, identity_claims

_PATIENT = "Patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Whom a resource names. `reference` is a literal reference to a Patient, None where there is none that can be followed.

    `claims` are the numbers by which it names the person too, or alone. `is_certain` says that somebody is meant: a number of a
    source's own that does not say whose it is may be that of a device. `element` is the Reference that names the person, None in a Bundle.
    """

    reference: str | None
    claims: tuple[IdentityClaim, ...]
    is_certain: bool
    element: JsonObject | None = field(default=None, compare=False)


def naming_of(resource: JsonObject, *, source_id: int, entry_type: Callable[[str], str | None]) -> Naming | None:
    """Return how a resource names its person, None where it names nobody. Where it names several, the first is the one.

    `entry_type` tells the type of the entry of the same batch to which a reference leads, None where it leads out. Raises Incorrect (422) where an NHS number
    fails its check digit.
    """
    if resource["resourceType"] == "Bundle":
        return _of_bundle(subject_of_bundle(resource, source_id=source_id, entry_type=entry_type))
    named, numbers = list(_subjects(resource)), _Numbers(resource, source_id)
    for _, reference in named:
        literal = reference.get("reference")
        if literal is not None and (entry_type(literal) == _PATIENT or is_patient(reference)):
            return Naming(reference=literal, claims=numbers.of(reference), is_certain=True, element=reference)
    for path, reference in named:
        claims = numbers.of(reference)
        if claims:
            certain = _says_patient(path, reference, claims)
            return Naming(reference=None, claims=claims, is_certain=certain, element=reference)
    for _, reference in named:
        literal = reference.get("reference")
        if literal and not entry_type(literal) and _is_unfollowed(literal):
            return Naming(reference=None, claims=(), is_certain=True, element=reference)
    return None


def _of_bundle(subject: Subject | None) -> Naming | None:
    return None if subject is None else Naming(reference=subject.reference, claims=subject.claims, is_certain=True)


def national_numbers(resource: JsonObject, *, references: list[JsonObject]) -> Iterator[IdentityClaim]:
    """Yield the NHS numbers by which Reference objects of a resource name people, and those of Identifiers alone.

    Raises Incorrect (422) where that of a Reference fails its check digit; anywhere else such a number is nobody's.
    """
    for reference in references:
        if "identifier" in reference:
            claim = _claim(resource, reference["identifier"], source_id=NATIONAL)
        else:
            claim = _of_identifier(reference)
        if claim is not None:
            yield claim


def _of_identifier(identifier: JsonObject) -> IdentityClaim | None:
    """Hazard: wrong person exposed. A number that somebody has no more, or has for a while, still says who they are."""
    with suppress(Incorrect):
        said = {"system": identifier["system"], "value": identifier["value"]}
        return identity_claim(said, source_id=NATIONAL, expression="Identifier")
    return None


class _Numbers:
    """What references of one resource claim by number. Each contained Patient is read once, however many refer to it.

    Hazard: a few hundred kilobytes of contained people and references to them would take a worker for many seconds.
    """

    def __init__(self, resource: JsonObject, source_id: int) -> None:
        self._resource = resource
        self._source_id = source_id
        self._read: dict[str, tuple[IdentityClaim, ...]] = {}

    @cached_property
    def _unread(self) -> dict[str, JsonObject]:
        """The contained Patients by how they are referred to; of several with one id, the first."""
        contained = self._resource.get("contained") or ()
        people = [each for each in contained if "id" in each and each["resourceType"] == _PATIENT]
        return {f"#{each['id']}": each for each in reversed(people)}

    def of(self, reference: JsonObject) -> tuple[IdentityClaim, ...]:
        literal, identifier = reference.get("reference"), reference.get("identifier")
        if identifier:
            claim = _claim(self._resource, identifier, source_id=self._source_id)
            if claim is not None:
                return (claim,)
        return self._of_contained(literal) if isinstance(literal, str) and literal.startswith("#") else ()

    def _of_contained(self, literal: str) -> tuple[IdentityClaim, ...]:
        contained = self._unread.pop(literal, None)
        if contained is not None:
            self._read[literal] = _contained_claims(self._resource, contained, source_id=self._source_id)
        return self._read.get(literal, ())


def _claim(resource: JsonObject, identifier: JsonObject, *, source_id: int) -> IdentityClaim | None:
    """Return what an Identifier in a resource claims. Raises Incorrect (422) at its place, which is looked for only then."""
    kind: str = resource["resourceType"]
    try:
        return identity_claim(identifier, source_id=source_id, expression=kind)
    except Incorrect as error:
        _put_inside(error, resource, identifier, root=kind)
        raise


def _contained_claims(resource: JsonObject, contained: JsonObject, *, source_id: int) -> tuple[IdentityClaim, ...]:
    try:
        return tuple(identity_claims(contained, source_id=source_id))
    except Incorrect as error:
        _put_inside(error, resource, contained, root=_PATIENT)
        raise


def _put_inside(error: Incorrect, resource: JsonObject, part: JsonObject, *, root: str) -> None:
    """Put issues about a part of a resource, which begin with `root`, where that part is."""
    place = resource["resourceType"] + path_inside(resource, part)
    error.issues = tuple(
        replace(issue, expression=place + (issue.expression or "").removeprefix(root)) for issue in error.issues
    )


def _says_patient(path: str, reference: JsonObject, claims: tuple[IdentityClaim, ...]) -> bool:
    return (
        path == "patient"
        or reference.get("type") == _PATIENT
        or any(claim.system == NHS_NUMBER for claim in claims)
        or str(reference.get("reference", "")).startswith("#")
    )


def _is_unfollowed(literal: str) -> bool:
    """Whether a reference names somebody, or something, that only the rest of its batch or a search could have told."""
    return literal.startswith(("urn:", "Patient?")) or "/Patient?" in literal


def _subjects(resource: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for path, steps in _paths(resource["resourceType"]):
        if steps[0] in resource:
            for reference in references_at(resource[steps[0]], steps[1:]):
                yield path, reference


@cache
def _paths(resource_type: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((path, tuple(path.split("."))) for path in home(resource_type).subjects)
