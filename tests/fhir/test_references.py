"""References: what each kind says, where they stand, and how they are rewritten."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from lhcr.fhir.references import LiteralReference, ReferenceKind, parse_reference, rewrite_references
from lhcr.kernel.json_types import JsonObject

BASE = "https://area.example/fhir"
URN = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
LOCAL, FOREIGN, OTHER = ReferenceKind.LOCAL, ReferenceKind.FOREIGN, ReferenceKind.OTHER


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("Patient/p-1.a", LiteralReference(kind=LOCAL, type="Patient", id="p-1.a")),
        ("Patient/1/_history/2", LiteralReference(kind=LOCAL, type="Patient", id="1", version="2")),
        ("Patient/1#contained", LiteralReference(kind=LOCAL, type="Patient", id="1")),
        (f"{BASE}/Patient/1", LiteralReference(kind=LOCAL, type="Patient", id="1")),
        (f"{BASE}/Patient/1/_history/2", LiteralReference(kind=LOCAL, type="Patient", id="1", version="2")),
        ("https://other.example/fhir/Patient/1", LiteralReference(kind=FOREIGN, type="Patient", id="1")),
        (f"{BASE}2/Patient/1", LiteralReference(kind=FOREIGN, type="Patient", id="1")),
        ("https://other.example/page", LiteralReference(kind=FOREIGN)),
        ("http://other.example/Nonsense/1", LiteralReference(kind=FOREIGN)),
        (URN, LiteralReference(kind=ReferenceKind.URN, rest=URN)),
        ("#p", LiteralReference(kind=ReferenceKind.FRAGMENT, rest="p")),
        (
            "Patient?identifier=a|b",
            LiteralReference(kind=ReferenceKind.CONDITIONAL, type="Patient", rest="identifier=a|b"),
        ),
        ("Nonsense/1", LiteralReference(kind=OTHER)),
        ("Nonsense?a=b", LiteralReference(kind=OTHER)),
        ("Patient", LiteralReference(kind=OTHER)),
        ("Patient/" + "1" * 65, LiteralReference(kind=OTHER)),
        ("Patient/1/2", LiteralReference(kind=OTHER)),
        ("Resource/1", LiteralReference(kind=OTHER)),
        ("ftp://other.example/Patient/1", LiteralReference(kind=OTHER)),
        ("", LiteralReference(kind=OTHER)),
    ],
)
def test_a_literal_reference_is_parsed(text: str, parsed: LiteralReference) -> None:
    assert parse_reference(text, base=BASE) == parsed


OBSERVATION: JsonObject = {
    "resourceType": "Observation",
    "contained": [{"resourceType": "Patient", "generalPractitioner": [{"reference": "Practitioner/c"}]}],
    "extension": [{"url": "a", "extension": [{"url": "b", "valueReference": {"reference": "Patient/e"}}]}],
    "_status": {"extension": [{"url": "c", "valueReference": {"reference": "Patient/s"}}]},
    "subject": {"reference": URN},
    "performer": [
        {"display": "A nurse"},
        {"reference": "Practitioner/1", "identifier": {"assigner": {"display": "x"}}},
    ],
    "note": [{"authorReference": {"reference": "Practitioner/n"}, "text": "reference"}],
    "code": {"text": URN},
}


#: The references of OBSERVATION, which stand in every kind of place where one may.
FOUND = ("Practitioner/c", "Patient/e", "Patient/s", URN, "Practitioner/1", "Practitioner/n")


@pytest.mark.parametrize(
    "around", [lambda it: it, lambda it: {"resourceType": "Bundle", "entry": [{}, {"resource": it}]}]
)
@pytest.mark.parametrize("reference", FOUND)
def test_a_reference_is_found_wherever_it_stands_and_nothing_else_is_touched(
    reference: str, around: Callable[[JsonObject], JsonObject]
) -> None:
    """Hazard: wrong person. A reference that is missed leads to whoever has that name here."""
    document = around(copy.deepcopy(OBSERVATION))
    rewrite_references(document, {reference: "Patient/new"})
    text, before = json.dumps(document), json.dumps(around(OBSERVATION))
    assert text == before.replace(f'"reference": "{reference}"', '"reference": "Patient/new"') != before


def test_references_and_attachments_are_rewritten_and_nothing_else() -> None:
    document: JsonObject = {
        "resourceType": "DocumentReference",
        "description": URN,
        "subject": {"reference": URN, "display": URN},
        "content": [{"attachment": {"url": URN}}, {"attachment": {"url": "Binary/1"}}],
        "extension": [{"url": URN, "valueUri": URN}],
    }
    expected = copy.deepcopy(document)
    expected["subject"]["reference"] = "Patient/9"
    expected["content"][0]["attachment"]["url"] = "Patient/9"
    rewrite_references(document, {URN: "Patient/9"})
    assert document == expected


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"resourceType": "X"},
        {"resourceType": []},
        {"resourceType": "Observation", "subject": 1, "performer": {"a": []}},
    ],
)
def test_what_is_no_resource_holds_no_references(nonsense: Any) -> None:
    before = copy.deepcopy(nonsense)
    rewrite_references(nonsense, {URN: "Patient/9"})
    assert nonsense == before
