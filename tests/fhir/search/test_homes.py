import json
from importlib.resources import files

import pytest

from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.search.homes import HomeKind, followed_references, home, home_reference
from lhcr.kernel.json_types import JsonObject


def test_every_type_of_r4_has_one_home() -> None:
    rows = json.loads((files("lhcr.fhir.search") / "homes.json").read_bytes())
    assert rows.keys() == type_ids().keys()
    assert all(home(name).type == name for name in type_ids())


@pytest.mark.parametrize("name", sorted(type_ids()))
def test_only_a_person_type_has_an_element_that_names_the_person(name: str) -> None:
    found = home(name)
    assert bool(found.subjects) == (found.kind is HomeKind.PERSON and name not in {"Patient", "Bundle"})


@pytest.mark.parametrize(
    "name", ["Organization", "Practitioner", "PractitionerRole", "Location", "Endpoint", "ValueSet", "Questionnaire"]
)
def test_what_belongs_to_nobody_and_everybody_reads_is_in_the_directory(name: str) -> None:
    assert home(name).kind is HomeKind.DIRECTORY


@pytest.mark.parametrize("name", ["Medication", "Parameters", "Substance", "Slot"])
def test_what_names_nobody_is_on_the_shelf(name: str) -> None:
    assert home(name).kind is HomeKind.SHELF


def test_an_observation_lives_with_its_subject() -> None:
    assert home_reference({"resourceType": "Observation", "subject": {"reference": "Patient/p1"}}) == "Patient/p1"


def test_a_patient_is_its_own_home() -> None:
    assert home_reference({"resourceType": "Patient", "id": "p1"}) == "Patient/p1"
    assert home_reference({"resourceType": "Patient"}) is None


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Group/g1"},
        {"reference": "Device/d1"},
        {"reference": "#p1", "type": "Patient"},
        {"reference": "Device/d1", "type": "Patient"},
        {"identifier": {"value": "1"}, "type": "Patient"},
        {"display": "somebody"},
        {"reference": "urn:uuid:0c8a"},
        {"reference": "Patient"},
    ],
)
def test_a_subject_that_does_not_say_it_is_a_patient_makes_no_home(subject: JsonObject) -> None:
    """Hazard: wrong person."""
    assert home_reference({"resourceType": "Observation", "subject": subject}) is None


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/p1/_history/2"},
        {"reference": "https://elsewhere.example/fhir/Patient/p1"},
        {"reference": "urn:uuid:0c8a", "type": "Patient"},
    ],
)
def test_a_patient_is_known_by_the_literal_or_by_its_type(reference: JsonObject) -> None:
    assert home_reference({"resourceType": "Observation", "subject": reference}) == reference["reference"]


def test_of_several_persons_the_first_is_the_home() -> None:
    appointment = {
        "resourceType": "Appointment",
        "participant": [
            {"actor": {"reference": "Practitioner/d"}},
            {"actor": {"reference": "Patient/mother"}},
            {"actor": {"reference": "Patient/baby"}},
        ],
    }
    assert home_reference(appointment) == "Patient/mother"


def test_a_provenance_follows_what_it_is_about() -> None:
    provenance = {"resourceType": "Provenance", "target": [{"reference": "Observation/o1"}, {"display": "x"}]}
    assert home_reference(provenance) is None
    assert followed_references(provenance) == ("Observation/o1",)


def test_the_parameters_of_a_home_are_those_that_mean_exactly_its_subject() -> None:
    assert set(home("Observation").parameters) == {"subject", "patient"}
    assert home("Immunization").parameters == ("patient",)
    assert home("Provenance").parameters == ()
