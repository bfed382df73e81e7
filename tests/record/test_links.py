"""Links: every reference that leads out of a resource is found, and read as what FHIR says that it names."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.homes import is_patient
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.draft import Draft, Method
from lhcr.record.links import LinkReader, links, relate

BASE = "https://area.example/fhir"
READER = LinkReader(BASE)
TEXTS = st.sampled_from(["Patient/1", "#inside", "urn:uuid:1", "x", ""])
NUMBERED = st.sampled_from([{"system": NHS_NUMBER, "value": "1"}, {"system": "urn:x", "value": "1"}, "text"])
NAMES = st.sampled_from(["subject", "extension", "contained", "valueUri", "url", "item", "coding"])


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[JsonObject]:
    member = st.one_of(inner, st.lists(inner, max_size=3))
    plain = st.dictionaries(NAMES, st.one_of(TEXTS, member), max_size=3)
    reference = st.none() | TEXTS | TEXTS | member
    return st.builds(
        lambda node, literal, number: (
            node | ({} if literal is None else {"reference": literal}) | ({"identifier": number} if number else {})
        ),
        plain,
        reference,
        st.none() | NUMBERED,
    )


NODES = st.recursive(objects(st.builds(dict)), objects, max_leaves=8)


def every(node: Any) -> Iterator[JsonObject]:
    """Every object of a resource, by the plainest walk."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from every(value)
    elif isinstance(node, list):
        for each in node:
            yield from every(each)


def same(found: list[JsonObject], expected: list[JsonObject]) -> bool:
    return sorted(map(id, found)) == sorted(map(id, expected))


@given(NODES)
def test_hazard_partial_record_no_reference_and_no_number_is_missed_however_deep_it_stands(node: JsonObject) -> None:
    found, numbered, _ = links(node)
    outward = [
        each for each in every(node) if isinstance(each.get("reference"), str) and not each["reference"].startswith("#")
    ]
    by_number = [
        each
        for each in every(node)
        if isinstance(each.get("identifier"), dict) and each["identifier"].get("system") == NHS_NUMBER
    ]
    identifiers = [each for each in every(node) if each.get("system") == NHS_NUMBER and "value" in each]
    assert same(found, outward)
    assert same(numbered, by_number + identifiers)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"content": [{"attachment": {"url": "urn:uuid:1"}}]}, ["url"]),
        ({"content": [{"attachment": {"url": "https://x.example/1"}}]}, []),
        ({"extension": [{"url": "urn:oid:1.2", "valueUri": "urn:uuid:1"}]}, ["valueUri"]),
        ({"extension": [{"url": "urn:oid:1.2", "valueString": "urn:uuid:1"}]}, []),
        ({"extension": [{"url": "urn:x", "extension": [{"url": "urn:x", "valueUrl": "urn:uuid:1"}]}]}, ["valueUrl"]),
        ({"name": [{"modifierExtension": [{"url": "urn:x"}]}]}, []),
        ({"extension": [{"url": "urn:x", "valueAttachment": {"url": "urn:uuid:1"}}]}, ["url"]),
    ],
)
def test_addresses_of_the_batch_are_found_and_what_an_extension_means_is_none(
    resource: JsonObject, expected: list[str]
) -> None:
    assert [name for _, name in links(resource).addresses] == expected


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("Patient/1", ("Patient", "1")),
        ("Patient/1/_history/2", ("Patient", "1")),
        (f"{BASE}/Patient/1", ("Patient", "1")),
        (f"{BASE}/Patient/a.b-C/_history/9", ("Patient", "a.b-C")),
        ("Observation/" + "x" * 64, ("Observation", "x" * 64)),
        ("Observation/" + "x" * 65, None),
        ("https://elsewhere.example/fhir/Patient/1", None),
        (f"{BASE}-other/Patient/1", None),
        (f"{BASE}/{BASE}/Patient/1", None),
        ("urn:uuid:1", None),
        ("#1", None),
        ("patient/1", None),
        ("Patient", None),
        ("Patient/", None),
        ("/Patient/1", None),
        ("Patient/1/", None),
        ("Patient/1\n", None),
        ("Patient/1?x=1", None),
        ("Patient?identifier=1", None),
        ("NoSuchType/1", None),
        ("Patient/1/Observation/2", None),
        ("", None),
    ],
)
def test_a_reference_names_a_resource_of_this_area_only_where_it_says_so(
    reference: str, key: tuple[str, str] | None
) -> None:
    """Hazard: wrong person. `Patient/1` of another server is not ours."""
    expected = None if key is None else (type_id(key[0]), key[1])
    assert READER.key(reference) == expected
    # Remembered or not.
    assert READER.key(reference) == expected


def test_a_reader_remembers_no_more_than_it_may_and_reads_right_all_the_same() -> None:
    reader = LinkReader(BASE)
    keys = [reader.key(f"Patient/{number}") for number in range(25_000)]
    assert keys == [(type_id("Patient"), str(number)) for number in range(25_000)]
    assert len(reader._keys) <= 10_001


def test_the_areas_own_address_is_left_off_and_no_other() -> None:
    assert READER.relative(f"{BASE}/Patient/1") == "Patient/1"
    assert READER.relative(f"{BASE}/Patient/1/_history/2") == "Patient/1/_history/2"
    for kept in ("Patient/1", "https://elsewhere.example/fhir/Patient/1", f"{BASE}/metadata", "urn:uuid:1"):
        assert READER.relative(kept) == kept


def draft(full_url: str | None, *references: str) -> Draft:
    made = Draft(method=Method.POST, type="Observation", type_id=type_id("Observation"), resource={}, full_url=full_url)
    made.links = [{"reference": reference} for reference in references]
    return made


def test_hazard_wrong_person_a_relative_reference_means_the_server_of_its_entry_where_the_batch_brings_it() -> None:
    theirs = "https://theirs.example/fhir/"
    entry = draft(f"{theirs}Observation/9", "Patient/1", "Patient/2", f"{theirs}Patient/1")
    relate([entry], {f"{theirs}Patient/1"})
    assert [link["reference"] for link in entry.links] == [f"{theirs}Patient/1", "Patient/2", f"{theirs}Patient/1"]


@pytest.mark.parametrize("full_url", [None, "urn:uuid:1", "https://theirs.example/fhir/Observation"])
def test_an_entry_whose_server_is_not_told_keeps_its_references(full_url: str | None) -> None:
    entry = draft(full_url, "Patient/1")
    relate([entry], {"https://theirs.example/fhir/Patient/1", "urn:uuid:1Patient/1"})
    assert [link["reference"] for link in entry.links] == ["Patient/1"]


def test_hazard_partial_record_a_reference_in_the_extension_of_a_coding_is_not_missed() -> None:
    inner = {"reference": "Patient/1"}
    named = {"url": "urn:x", "valueReference": inner}
    for extended in ({"extension": [named]}, {"_code": {"extension": [named]}}):
        coding = {"system": "urn:s", "code": "c", "display": "d", **extended}
        found = links({"resourceType": "Observation", "code": {"coding": [{"code": "x"}, coding]}})
        assert found.references == [inner]


PERFORMED: JsonObject = {
    "resourceType": "Observation",
    "contained": [{"resourceType": "Specimen", "subject": {"reference": "Patient/p3"}}],
    "extension": [{"url": "http://example.org/x", "valueReference": {"reference": "Patient/p2"}}],
    "subject": {"reference": "Patient/p1"},
    "performer": [{"reference": "Patient/p1"}, {"reference": "Practitioner/d"}],
}
CONSENTED: JsonObject = {
    "resourceType": "Consent",
    "patient": {"reference": "Patient/p1"},
    "provision": {"actor": [{"reference": {"reference": "Patient/p2"}}]},
}
TWO_PEOPLE: JsonObject = {
    "resourceType": "Appointment",
    "participant": [{"actor": {"reference": f"Patient/{name}"}} for name in ("mother", "baby")],
}


@pytest.mark.parametrize(
    ("resource", "people"),
    [
        (PERFORMED, {"Patient/p1", "Patient/p2", "Patient/p3"}),
        (CONSENTED, {"Patient/p1", "Patient/p2"}),
        (TWO_PEOPLE, {"Patient/mother", "Patient/baby"}),
    ],
)
def test_hazard_a_sensitive_item_exposed_nobody_whom_a_resource_names_is_missed(
    resource: JsonObject, people: set[str]
) -> None:
    """In an extension, in a contained resource, or inside an element that is itself called reference."""
    assert {link["reference"] for link in links(resource).references if is_patient(link)} == people
