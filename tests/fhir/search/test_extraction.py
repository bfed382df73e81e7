from collections.abc import Iterable
from typing import Any

import pytest

from lhcr.fhir.search.catalogue import parameters_by_id, type_id, type_ids
from lhcr.fhir.search.compiler import extraction_source
from lhcr.fhir.search.dates import interval
from lhcr.fhir.search.extraction import extract, prepare
from lhcr.fhir.search.rows import SearchValues
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def named(rows: Iterable[Any]) -> set[tuple[Any, ...]]:
    """Put the parameter's code in the place of its id, and leave out unused columns at the end."""
    return {(parameters_by_id()[row[0]].code, *row[1:]) for row in rows}


def observation(**more: Any) -> JsonObject:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "85354-9"}]},
        "subject": {"reference": "Patient/p1"},
        **more,
    }


def test_every_parameter_of_every_type_compiles() -> None:
    prepare()
    for name in type_ids():
        written = extraction_source(name)
        compile(written, name, "exec")


def test_no_two_parameters_of_a_type_store_the_same_row_twice() -> None:
    found = extract(observation(valueQuantity={"value": 1}))
    for rows in (found.token, found.quantity, found.composite):
        assert len(rows) == len(set(rows))
    assert {parameters_by_id()[row.param].code for row in found.composite} == {"code-value-quantity"}


def test_an_observation_gives_all_its_rows() -> None:
    found = extract(
        observation(
            effectiveDateTime="2020-01-02",
            encounter={"reference": "Encounter/e1"},
            category=[{"coding": [{"code": "vital-signs"}]}],
            component=[
                {
                    "code": {"coding": [{"system": LOINC, "code": "8480-6"}]},
                    "valueQuantity": {"value": 120, "system": UCUM, "code": "mm[Hg]", "unit": "mmHg"},
                }
            ],
            meta={"tag": [{"code": "t"}], "profile": ["http://example.org/p"], "source": "urn:s"},
        )
    )
    day = interval("2020-01-02")
    assert named(found.token) == {
        ("status", "", "final"),
        ("code", LOINC, "85354-9"),
        ("category", "", "vital-signs"),
        ("component-code", LOINC, "8480-6"),
        ("_tag", "", "t"),
    }
    assert named(found.reference) == {("encounter", type_id("Encounter"), "e1", "")}
    assert named(found.date) == {("date", *day)}
    assert named(found.quantity) == {("component-value-quantity", 120.0, 120.0, UCUM, "mm[Hg]", "mmHg")}
    assert named(found.uri) == {("_profile", "http://example.org/p")}, (
        "who contributed stands with the class of the row"
    )
    (row,) = found.composite
    assert (row.system1, row.code1, row.low2, row.high2, row.system2, row.code2, row.text2, row.low3) == (
        LOINC, "8480-6", 120.0, 120.0, UCUM, "mm[Hg]", "mmHg", None,
    )  # fmt: skip
    assert found.clinical == day
    assert not found.clinical_stands_in


def test_the_code_of_the_whole_is_never_paired_with_the_value_of_a_part() -> None:
    """Hazard: wrong value. A systolic reading must not be found as the value of the panel's code."""
    part = {"code": {"coding": [{"code": "part"}]}, "valueQuantity": {"value": 1}}
    found = extract(observation(component=[part]))
    assert {row.code1 for row in found.composite} == {"part"}


@pytest.mark.parametrize(
    ("subject", "rows"),
    [
        ({"reference": "Patient/p1"}, set()),
        ({"reference": "Group/g1"}, {("subject", type_id("Group"), "g1", "")}),
        (
            {"reference": "https://x.example/Patient/1"},
            {
                ("subject", type_id("Patient"), "https://x.example/Patient/1", ""),
                ("patient", type_id("Patient"), "https://x.example/Patient/1", ""),
            },
        ),
    ],
)
def test_a_reference_to_the_resources_own_person_has_no_row(subject: JsonObject, rows: set[Any]) -> None:
    assert named(extract(observation(subject=subject)).reference) == rows


@pytest.mark.parametrize(
    ("told", "codes"),
    [({}, {"subject", "patient"}), ({"type": "Patient"}, {"subject", "patient"}), ({"type": "Group"}, {"subject"})],
)
def test_a_logical_reference_is_found_by_its_identifier(told: JsonObject, codes: set[str]) -> None:
    subject = {"identifier": {"system": "urn:x", "value": "1"}, **told}
    found = extract(observation(subject=subject))
    assert named(found.identifier) == {(code, "urn:x", "1") for code in codes}
    assert found.reference == []


def test_a_later_date_stands_in_for_an_absent_one() -> None:
    found = extract(observation(issued="2020-01-02T10:00:00Z"))
    assert found.clinical == interval("2020-01-02T10:00:00Z")
    assert found.clinical_stands_in
    assert found.date == []
    without = extract(observation())
    assert (without.clinical, without.clinical_stands_in) == (None, False)


def test_a_patient_gives_names_telecoms_and_whether_they_live() -> None:
    found = extract(
        {
            "resourceType": "Patient",
            "name": [{"family": "Ó Briain", "given": ["Áine", None]}],
            "telecom": [{"system": "phone", "value": "0113"}, {"system": "email", "value": "a@x.example"}],
            "birthDate": "1970",
            "active": True,
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": "Byrne"}
            ],
        }
    )
    assert named(found.string) == {
        ("name", "Ó Briain"), ("name", "Áine"), ("family", "Ó Briain"), ("given", "Áine"), ("mothersMaidenName", "Byrne"),
    }  # fmt: skip
    assert named(found.token) == {
        ("telecom", "", "0113"), ("phone", "", "0113"), ("telecom", "", "a@x.example"), ("email", "", "a@x.example"),
        ("active", "", "true"), ("deceased", "", "false"),
    }  # fmt: skip


def test_a_place_has_a_position() -> None:
    found = extract({"resourceType": "Location", "position": {"latitude": 53.8, "longitude": -1.5}})
    assert named(found.position) == {("near", 53.8, -1.5)}
    assert extract({"resourceType": "Location", "position": {"latitude": 53.8}}).position == []


def test_the_first_entry_of_a_bundle_is_its_composition_or_its_message() -> None:
    def bundle(name: str) -> JsonObject:
        return {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": name, "id": "1"}}, {"resource": {}}]}

    assert named(extract(bundle("Composition")).reference) == {("composition", type_id("Composition"), "1", "")}
    assert named(extract(bundle("MessageHeader")).reference) == {("message", type_id("MessageHeader"), "1", "")}
    assert extract(bundle("Patient")).reference == []
    assert extract({"resourceType": "Bundle"}).reference == []


def test_a_document_relates_to_another_by_code_and_target() -> None:
    relation = {"code": "replaces", "target": {"reference": "DocumentReference/2"}}
    found = extract({"resourceType": "DocumentReference", "relatesTo": [relation]})
    (row,) = found.composite
    assert (row.code1, row.system2, row.code2) == ("replaces", "DocumentReference", "2")


def test_a_sequence_pairs_its_chromosome_with_each_variant() -> None:
    found = extract(
        {
            "resourceType": "MolecularSequence",
            "referenceSeq": {"chromosome": {"coding": [{"code": "1"}]}},
            "variant": [{"start": 5, "end": 9}],
        }
    )
    (row,) = found.composite
    assert (row.code1, row.low2, row.high2, row.low3, row.high3) == ("1", 5.0, 5.0, 9.0, 9.0)


@pytest.mark.parametrize(
    "more",
    [
        {"effectiveDateTime": "2020-02-30"},
        {"effectiveDateTime": 5},
        {"code": "x"},
        {"valueQuantity": {"value": "many"}},
        {"component": [5]},
        {"subject": {"reference": ["Patient/1"]}},
    ],
)
def test_a_value_that_cannot_be_read_is_refused_and_not_passed_over(more: JsonObject) -> None:
    """Hazard: a resource that a search cannot find looks as if it were not there."""
    with pytest.raises(Incorrect) as caught:
        extract(observation(**more))
    assert caught.value.status == 422
    assert "2020-02-30" not in str(caught.value)


def test_a_type_that_fhir_does_not_have_is_refused() -> None:
    with pytest.raises(Incorrect):
        extract({"resourceType": "Observatory"})


@pytest.mark.parametrize("name", sorted(type_ids()))
def test_an_empty_resource_gives_no_rows_but_that_a_patient_lives(name: str) -> None:
    found = extract({"resourceType": name})
    empty = SearchValues()
    if name == "Patient":
        found.token.clear()
    assert found == empty


def test_the_nhs_number_of_an_identifier_is_held_by_its_ten_digits() -> None:
    """Hazard: partial record. A number that its source wrote with spaces is found by none of the other spellings."""
    oid = "urn:oid:2.16.840.1.113883.2.1.4.1"
    spelled = [{"system": NHS_NUMBER, "value": "999 000 0018"}, {"system": oid, "value": "999-000-0018"}]
    other = {"system": "urn:x", "value": "999 000 0018"}
    found = extract({"resourceType": "Patient", "identifier": [*spelled, other, {"value": "999 000 0018"}]})
    assert [row[1:] for row in found.token if parameters_by_id()[row[0]].code == "identifier"] == [
        (NHS_NUMBER, "9990000018"),
        ("urn:x", "999 000 0018"),
        ("", "999 000 0018"),
    ]


def test_a_reference_by_nhs_number_is_held_by_its_ten_digits() -> None:
    number = {"system": NHS_NUMBER, "value": "999 000 0018"}
    found = extract(observation(performer=[{"type": "Patient", "identifier": number}]))
    assert named(found.identifier) == {("performer", NHS_NUMBER, "9990000018")}
