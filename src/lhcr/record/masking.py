"""Masking: an entry of somebody's record without who else it names, for a reader who has no permit for those others.

Hazard: allergy dropped. An entry that its mother reported is part of the child's record, and stays in it for whoever may read that.
Hazard: wrong person. Who the others are is part of their own records; so what names a Patient is masked unless it surely names
the one whom the entry is about.
"""

import re
from typing import Any, Final

import asyncpg

from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.json_objects import every_object
from lhcr.fhir.search.homes import home, is_patient, references_at
from lhcr.fhir.subsetted import subsetted
from lhcr.kernel.json_types import JsonArray, JsonObject
from lhcr.nhs.identifier import compared
from lhcr.nhs.number_system import is_nhs_number
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.links import links
from lhcr.record.quoting import is_quoting, marked

_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_TO_PATIENT: Final = re.compile(r"(?:^|/)Patient[/?]")
_PEOPLE: Final = ("Patient", "RelatedPerson", "Person")
_ADDRESSES: Final = ("valueUri", "valueUrl")
_VERSION: Final = re.compile(r"/_history/.*", re.DOTALL)


def masked(body: bytes) -> bytes:
    """Return a stored body whose references to other people say only that somebody is meant; its tag SUBSETTED says so.

    Each is left with the reason `masked` and a display. Other Identifiers with an NHS number but the subject's have that reason too.
    Narrative and contained people tell who they are, and are left out.
    Id, version and time stay, so that the body agrees with its ETag.
    """
    resource = read_json(body)
    subject = _subject(resource)
    found = links(resource)
    identifiers = [each for each in found.numbered if "identifier" not in each]
    for reference in {id(each): each for each in (*found.references, *found.numbered)}.values():
        if reference is not subject and _is_to_somebody(reference) and not _names_the_same(reference, subject):
            _mask(reference)
    for identifier in identifiers:
        if subject is None or _digits(identifier) != _number(subject):
            identifier.clear()
            identifier["extension"] = _reason()
    resource.pop("text", None)
    if resource["resourceType"] == "Bundle":
        # Its entries tell about everybody in words, names and numbers, and none has a row that says about whom it is.
        resource.pop("entry", None)
    _strip_contained(resource)
    resource["meta"] = subsetted(resource.get("meta") or {})
    return marked(write_json(resource)) if is_quoting(body) else write_json(resource)


def _subject(resource: JsonObject) -> JsonObject | None:
    """Return the reference by which the entry names whom it is about, as `naming_of` finds it: None where that is not certain."""
    named = [
        each
        for path in home(resource["resourceType"]).subjects
        for each in references_at(resource, tuple(path.split(".")))
    ]
    first = next((each for each in named if is_patient(each)), None)
    return first or next((each for each in named if each.get("identifier")), None)


def _is_to_somebody(reference: JsonObject) -> bool:
    literal = str(reference.get("reference", ""))
    return bool(_number(reference)) or reference.get("type") == "Patient" or _TO_PATIENT.search(literal) is not None


def _names_the_same(reference: JsonObject, subject: JsonObject | None) -> bool:
    """Whether a reference says nothing about anybody but the subject: the same literal, and no number but the subject's."""
    if subject is None:
        return False
    literal, number = _literal(reference), _number(reference)
    return literal in {None, _literal(subject)} and number in {None, _number(subject)}


def _literal(reference: JsonObject) -> str | None:
    literal = reference.get("reference")
    return _VERSION.sub("", literal) if isinstance(literal, str) else None


def _number(reference: JsonObject) -> str | None:
    identifier = reference.get("identifier")
    if not isinstance(identifier, dict) or not is_nhs_number(identifier.get("system")):
        return None
    return _digits(identifier)


def _digits(identifier: JsonObject) -> str:
    _, digits = compared(NHS_NUMBER, str(identifier.get("value")))
    return digits


def _mask(reference: JsonObject) -> None:
    reference.clear()
    reference["extension"] = _reason()
    reference["display"] = "A person who is not shown here"


def _reason() -> JsonArray:
    return [{"url": _ABSENT, "valueCode": "masked"}]


def _strip_contained(resource: JsonObject) -> None:
    """Leave of contained people that they are there: what refers to them still leads somewhere, in no words of its own."""
    gone = set()
    for each in resource.get("contained") or ():
        each.pop("text", None)
        if each["resourceType"] in _PEOPLE:
            kept = {name: each[name] for name in ("resourceType", "id") if name in each}
            each.clear()
            each.update(kept)
            gone.add(f"#{each.get('id')}")
    for node in every_object(resource):
        if isinstance(node.get("reference"), str) and node["reference"] in gone:
            for name in ("display", "identifier"):
                node.pop(name, None)
        for name in _ADDRESSES:
            if isinstance(node.get(name), str) and _TO_PATIENT.search(node[name]):
                del node[name]


def served_of(row: asyncpg.Record) -> Any:
    """Return the body of a row as the statement that read it says: masked, or as it is stored (None: deleted)."""
    body = row["body"]
    return masked(body) if body is not None and row.get("masked") else body
