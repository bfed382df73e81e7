"""The subject of a stored Bundle: whom a document, a message or a collection is about, of which nothing else has a row.

Hazard: partial record, and a sensitive item exposed. A document about somebody that is filed with nobody is missing from their record,
and neither their decisions nor their restrictions reach it. So what is about people, and of no one person that can be told, is
refused: what is refused loses nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lhcr.fhir.json_objects import every_object
from lhcr.fhir.search.homes import HomeKind, home, is_patient, references_at
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.identity_claim import NATIONAL, IdentityClaim, identity_claim, identity_claims

_PATIENT: Final = "Patient"
_REST_URL: Final = re.compile(r"(https?://.*/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")

EntryType = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom one resource of a Bundle names: by a literal that leads out of it, by an entry of it (`marks` are its names) or by numbers."""

    reference: str | None
    claims: tuple[IdentityClaim, ...]
    marks: frozenset[str]


def subject_of_bundle(bundle: JsonObject, *, source_id: int, entry_type: EntryType) -> Subject | None:
    """Return whom a Bundle is about, None where it is about nobody.

    Of a document it is the subject of its Composition (R4 documents 3.3.1), of anything else the one person whom all of its
    entries name. `entry_type` is as `naming_of` has it. Raises Incorrect (422) where there is none or there are several.
    """
    reader = _Reader(bundle, source_id=source_id, entry_type=entry_type)
    first = next(iter(reader.entries), None)
    if bundle.get("type") == "document" and first is not None and first[1]["resourceType"] == "Composition":
        subjects = list(reader.subjects(*first))
        if subjects:
            return _one(subjects)
        if first[1].get("subject") and not reader.leads_to_a_thing(*first):
            raise _untold()
    every = [found for full_url, resource in reader.entries for found in reader.subjects(full_url, resource)]
    return _one(every) if every else None


def entry_names(bundle: JsonObject) -> frozenset[str]:
    """Return the names by which the entries of a Bundle refer to each other."""
    found = _members(bundle)
    return frozenset(
        [name for name, _ in found if name]
        + [f"{each['resourceType']}/{each['id']}" for _, each in found if "id" in each]
    )


def patients_named(bundle: JsonObject) -> list[str]:
    """Return the addresses that the Patients of a Bundle have on the servers from which they are."""
    patients = [name for name, each in _members(bundle) if each["resourceType"] == _PATIENT and name]
    return [name for name in patients if _REST_URL.fullmatch(name)]


def leading_inside(bundle: JsonObject) -> frozenset[int]:
    """Return the identities of the Reference objects that name an entry of the same Bundle: they lead nowhere else."""
    names = entry_names(bundle)
    inside = set()
    for full_url, resource in _members(bundle):
        for node in every_object(resource):
            literal = node.get("reference")
            if isinstance(literal, str) and not names.isdisjoint({literal, resolved(literal, full_url)}):
                inside.add(id(node))
    return frozenset(inside)


def _members(bundle: JsonObject) -> list[tuple[str | None, JsonObject]]:
    """Return what a Bundle holds that says what it is, which a hostile one may not."""
    return [(name, each) for name, each in _entries(bundle) if isinstance(each.get("resourceType"), str)]


def resolved(reference: str, full_url: str | None) -> str:
    """Return a relative reference as it is read in an entry of a server (R4 bundle 2.36.4.1), any other as it is."""
    match = _REST_URL.fullmatch(full_url) if full_url else None
    return match[1] + reference if match and not re.match(r"[a-z]+:", reference) else reference


class _Reader:
    def __init__(self, bundle: JsonObject, *, source_id: int, entry_type: EntryType) -> None:
        self._source_id = source_id
        self._entry_type = entry_type
        self.entries = list(_entries(bundle))
        self._named = {full_url: each for full_url, each in self.entries if full_url}
        self._names = {id(each): full_url for full_url, each in self._named.items()}
        self._by_id = {f"{each['resourceType']}/{each['id']}": each for _, each in self.entries if each.get("id")}

    def subjects(self, full_url: str | None, resource: JsonObject) -> Iterator[Subject]:
        """Yield whom an entry is about: mostly one person, and nobody where it names things alone."""
        if resource["resourceType"] == _PATIENT:
            yield self._patient(resource)
            return
        if resource["resourceType"] == "Bundle" or home(resource["resourceType"]).kind is not HomeKind.PERSON:
            return
        for path in home(resource["resourceType"]).subjects:
            for reference in references_at(resource, tuple(path.split("."))):
                if (found := self._named_by(reference, full_url, resource)) is not None:
                    yield found
                    return

    def leads_to_a_thing(self, full_url: str | None, composition: JsonObject) -> bool:
        literal = composition["subject"].get("reference")
        if not isinstance(literal, str):
            return composition["subject"].get("type") not in {None, _PATIENT}
        if (entry := self._entry(literal, full_url)) is not None:
            return bool(entry["resourceType"] != _PATIENT)
        segments = literal.split("/")
        return len(segments) > 1 and segments[-2] != _PATIENT and not literal.startswith("urn:")

    def _named_by(self, reference: JsonObject, full_url: str | None, resource: JsonObject) -> Subject | None:
        literal, claims = reference.get("reference"), self._numbers(reference)
        if isinstance(literal, str):
            entry = self._contained(literal, resource) or self._entry(literal, full_url)
            if entry is not None and entry["resourceType"] == _PATIENT:
                found = self._patient(entry)
                return Subject(
                    reference=found.reference,
                    claims=tuple(dict.fromkeys((*claims, *found.claims))),
                    marks=found.marks | {str(each) for each in claims},
                )
            literal = resolved(literal, full_url)
            if entry is None and (is_patient(reference | {"reference": literal}) or self._is_open(literal)):
                return Subject(
                    reference=literal, claims=claims, marks=frozenset({literal, *(str(each) for each in claims)})
                )
        says_patient = reference.get("type") == _PATIENT or any(each.source_id == NATIONAL for each in claims)
        if literal is None and claims and says_patient:
            return Subject(reference=None, claims=claims, marks=frozenset(str(each) for each in claims))
        return None

    def _is_open(self, literal: str) -> bool:
        """Whether only the rest of the batch, or a search, tells whom or what a literal names."""
        return self._entry_type(literal) == _PATIENT or "Patient?" in literal

    def _entry(self, literal: str, full_url: str | None) -> JsonObject | None:
        return self._named.get(resolved(literal, full_url)) or self._named.get(literal) or self._by_id.get(literal)

    def _contained(self, literal: str, resource: JsonObject) -> JsonObject | None:
        contained = resource.get("contained") or () if literal.startswith("#") else ()
        return next((each for each in contained if each.get("id") == literal[1:]), None)

    def _patient(self, patient: JsonObject) -> Subject:
        claims = tuple(identity_claims(patient, source_id=self._source_id))
        full_url = self._names.get(id(patient))
        # Hazard: wrong person. An id alone, without the server that gave it, may be that of anybody here.
        reference = None if claims or full_url is None or not _REST_URL.fullmatch(full_url) else full_url
        own = frozenset({f"entry {id(patient)}", *(str(each) for each in claims), *([full_url] if full_url else [])})
        return Subject(reference=reference, claims=claims, marks=own)

    def _numbers(self, reference: JsonObject) -> tuple[IdentityClaim, ...]:
        identifier: Any = reference.get("identifier")
        if not isinstance(identifier, dict):
            return ()
        claim = identity_claim(identifier, source_id=self._source_id, expression="Bundle.entry.resource")
        return () if claim is None else (claim,)


def _entries(bundle: JsonObject) -> Iterator[tuple[str | None, JsonObject]]:
    """Yield the resources of a Bundle with their names, those of Bundles inside it too."""
    for entry in bundle.get("entry") or ():
        resource = entry.get("resource")
        if isinstance(resource, dict):
            yield entry.get("fullUrl"), resource
            if resource.get("resourceType") == "Bundle":
                yield from _entries(resource)


def _one(subjects: Sequence[Subject]) -> Subject:
    """Return the one person whom all name: those who share a mark are the same."""
    marked: dict[str, list[Subject]] = {}
    for each in subjects:
        for mark in each.marks:
            marked.setdefault(mark, []).append(each)
    # Each mark is followed once: a Bundle holds thousands of subjects, and a hostile one has them share marks in a chain.
    ahead, left = [subjects[0]], {id(each) for each in subjects}
    while ahead:
        each = ahead.pop()
        if id(each) in left:
            left.remove(id(each))
            ahead += [other for mark in each.marks for other in marked.pop(mark, ())]
    claims = tuple(dict.fromkeys(claim for each in subjects for claim in each.claims))
    reference = next((each.reference for each in subjects if each.reference is not None), None)
    if left or (reference is None and not claims):
        raise _untold()
    return Subject(reference=reference, claims=claims, marks=frozenset().union(*(each.marks for each in subjects)))


def _untold() -> Incorrect:
    return Incorrect(
        [
            Issue(
                code="business-rule",
                error="subject-unknown",
                diagnostics="The Bundle is about several people, or about one who cannot be told. Send one Bundle for each "
                "person, with the person's NHS number or the reference to their Patient here as the subject of its "
                "Composition or in its Patient; or send the entries as a transaction to the base address.",
                expression="Bundle.entry",
            )
        ],
        status=422,
    )
