"""Every search parameter of every type finds something: none is in the catalogue for nothing."""

from typing import Any

import pytest

from lhcr.fhir.search.catalogue import parameters_of, type_ids
from lhcr.fhir.search.compiler import WITHOUT_ROWS
from lhcr.fhir.search.elements import _elements, element
from lhcr.fhir.search.extraction import extract
from lhcr.fhir.search.rows import SearchValues

CONCEPT = {"coding": [{"system": "urn:s", "code": "c"}], "text": "text"}
QUANTITY = {"value": 5, "system": "urn:s", "code": "mg"}
SAMPLES: dict[str, Any] = {
    "boolean": True,
    "integer": 7,
    "decimal": 1.5,
    "date": "2020-01-02",
    "dateTime": "2020-01-02T03:04:05Z",
    "instant": "2020-01-02T03:04:05Z",
    "CodeableConcept": CONCEPT,
    "Coding": CONCEPT["coding"][0],
    "Identifier": {"system": "urn:s", "value": "1"},
    "Quantity": QUANTITY,
    "Age": QUANTITY,
    "Duration": QUANTITY,
    "Range": {"low": QUANTITY},
    "Money": {"value": 5, "currency": "GBP"},
    "SampledData": {"origin": QUANTITY, "data": "1 2"},
    "Period": {"start": "2020"},
    "Timing": {"event": ["2020"]},
    "HumanName": {"text": "A B", "family": "B", "given": ["A"]},
    "Address": {"text": "1 High St", "city": "York"},
    "Location.position": {"latitude": 53.8, "longitude": -1.5},
}
IS_SUBJECT = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-isSubject"
TARGETS = ("Patient", "Group", "Practitioner", "RelatedPerson", "Location", "Composition", "MessageHeader")


def filled(holder: str, choice: int, target: str, depth: int = 0) -> dict[str, Any]:
    """Make a value with all the elements that search walks; each choice has its n-th type, each reference is to `target`."""
    made: dict[str, Any] = {"extension": [{"url": IS_SUBJECT}]} if holder == "QuestionnaireResponse.item" else {}
    for name in _elements().get(holder, {}):
        found = element(holder, name)
        key, node_type = list(found.keys.items())[choice % len(found.keys)]
        value = value_of(node_type, name, choice, target, depth)
        made[key] = [value] if found.many else value
    return made


def value_of(node_type: str, name: str, choice: int, target: str, depth: int) -> Any:
    if node_type == "Reference":
        return {"reference": f"{target}/1"}
    if node_type == "Resource":
        return {"resourceType": target, "id": "1"}
    if node_type == "ContactPoint":
        return {"system": ("phone", "email")[choice % 2], "value": "x"}
    if node_type[0].islower():
        return SAMPLES.get(node_type, RELATIONS[choice % len(RELATIONS)] if name == "type" else "x")
    inner = filled(node_type, choice, target, depth + 1) if depth < 6 else {}
    return {**inner, **SAMPLES.get(node_type, {})}


RELATIONS = ("depends-on", "composed-of", "derived-from", "predecessor", "successor")


def extensions(resource_type: str) -> list[dict[str, Any]]:
    urls = [
        part.split("'")[1]
        for found in parameters_of(resource_type).values()
        for part in found.expression.split("extension(")[1:]
    ]
    values = {"valueString": "x", "valueReference": {"reference": "Condition/1"}}
    return [{"url": url, key: value} for url in urls for key, value in values.items()]


def params_with_rows(found: SearchValues) -> set[int]:
    lists = (
        found.token, found.reference, found.date, found.string, found.number, found.quantity, found.uri,
        found.composite, found.position,
    )  # fmt: skip
    return {row[0] for rows in lists for row in rows}


@pytest.mark.parametrize("resource_type", sorted(type_ids()))
def test_every_parameter_finds_something(resource_type: str) -> None:
    reached: set[int] = set()
    for choice in range(12):
        for target in TARGETS:
            resource = {
                **filled(resource_type, choice, target),
                "resourceType": resource_type,
                "extension": extensions(resource_type),
            }
            reached |= params_with_rows(extract(resource))
    for code, found in parameters_of(resource_type).items():
        # What only ever refers to the resource's own person is answered by the person.
        if code not in WITHOUT_ROWS and not (found.home and found.targets == ("Patient",)):
            assert set(found.rows) <= reached, code
