import pytest

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.references import Target, canonical, inlined, literal, named, reference

PATIENT = type_id("Patient")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Patient/1", (PATIENT, "1", "")),
        ("Patient/1/_history/2", (PATIENT, "1", "2")),
        ("https://x.example/fhir/Patient/1", (PATIENT, "https://x.example/fhir/Patient/1", "")),
        ("https://x.example/fhir/Patient/1/_history/2", (PATIENT, "https://x.example/fhir/Patient/1", "2")),
        ("https://x.example/Person", (0, "https://x.example/Person", "")),
        ("urn:uuid:0c8a", (0, "urn:uuid:0c8a", "")),
        ("#p", None),
        ("Patient", None),
        ("Patient/", None),
        ("Patient?identifier=1", None),
        ("Patient/?x", None),
        ("Colour/1", None),
        ("", None),
    ],
)
def test_a_literal_is_split_into_type_id_and_version(text: str, target: Target | None) -> None:
    assert literal(text) == target


def test_the_type_element_tells_what_the_literal_cannot() -> None:
    assert reference({"reference": "urn:uuid:1", "type": "Patient"}) == (PATIENT, "urn:uuid:1", "")
    assert reference({"reference": "Device/1", "type": "Patient"}) == (type_id("Device"), "1", "")
    assert reference({"reference": "urn:uuid:1", "type": "Colour"}) == (0, "urn:uuid:1", "")
    assert reference({"display": "x"}) is None


def test_a_canonical_is_split_from_its_version() -> None:
    assert canonical("http://x.example/q|1.0") == (0, "http://x.example/q", "1.0")
    assert canonical("http://x.example/q") == (0, "http://x.example/q", "")
    assert canonical("#q") is None
    assert canonical(None) is None


def test_an_inlined_resource_is_named_by_type_and_id() -> None:
    assert inlined({"resourceType": "Patient", "id": "1"}) == (PATIENT, "1", "")
    assert inlined({"resourceType": "Patient"}) is None
    assert named({"reference": "Patient/1"}) == (("Patient", "1", ""),)
