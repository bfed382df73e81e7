"""Specification of the generated area as a whole."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol

import pytest

from lhcr.demo.contribution import Contribution
from lhcr.demo.generate import STORIES, generate
from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import DEMO_PEOPLE
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.validation import validate
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.systems import NHS_NUMBER

TODAY = date(2026, 3, 2)


class Area(Protocol):
    contributions: list[Contribution]
    resources: list[JsonObject]
    by_reference: dict[str, JsonObject]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def written(people: int, *, seed: int = 7, today: date = TODAY) -> list[bytes]:
    return [write_json(given.bundle) for given in generate(people, seed=seed, today=today)]


def test_the_same_seed_and_day_give_the_same_bytes() -> None:
    assert written(40) == written(40)


def test_another_seed_gives_other_people_and_the_same_named_ones() -> None:
    one, other = written(30), written(30, seed=8)
    assert one != other
    named = len(written(0))
    assert one[:named] == other[:named]


def test_more_people_do_not_change_those_who_were_there_before() -> None:
    few = written(20)
    assert written(30)[: len(few)] == few


def test_the_named_people_are_there_even_if_fewer_are_asked_for() -> None:
    assert written(0) == written(len(DEMO_PEOPLE))


def test_a_day_before_the_stories_begin_is_refused() -> None:
    with pytest.raises(ValueError, match="2025"):
        next(generate(1, seed=1, today=date(2024, 12, 31)))


def test_a_leap_day_is_a_day_like_others() -> None:
    assert written(20, today=date(2028, 2, 29))


def test_every_resource_is_structurally_valid(area: Area) -> None:
    assert [(found["id"], issue) for found in area.resources for issue in validate(found)] == []


def test_every_bundle_is_structurally_valid_after_being_sent(area: Area) -> None:
    bundles = [read_json(write_json(given.bundle)) for given in area.contributions]
    assert [issue for bundle in bundles for issue in validate(bundle)] == []
    assert bundles == [given.bundle for given in area.contributions], "nothing is lost on the way"


def test_every_reference_resolves_inside_the_whole(area: Area) -> None:
    assert {reference for found in area.resources for reference in references(found)} <= set(area.by_reference)


def test_everything_referred_to_has_been_contributed_before_or_together(area: Area) -> None:
    known: set[str] = set()
    for given in area.contributions:
        resources = [entry["resource"] for entry in given.bundle["entry"]]
        known |= {f"{found['resourceType']}/{found['id']}" for found in resources}
        assert {reference for found in resources for reference in references(found)} <= known


def test_a_source_refers_to_no_patient_but_its_own(area: Area) -> None:
    # Hazard: an entry lands in another person's record through a reference.
    for given in area.contributions:
        for entry in given.bundle["entry"]:
            patients = [reference for reference in references(entry["resource"]) if reference.startswith("Patient/")]
            assert all(reference.startswith(f"Patient/{given.source_ods.lower()}-") for reference in patients)


def test_clinical_references_stay_within_one_persons_record(area: Area) -> None:
    # Hazard: an entry lands in another person's record through a reference.
    for found in area.resources:
        persons = {
            part
            for reference in [found["id"], *references(found)]
            for part in reference.split("-")
            if part.isdigit() and len(part) == 4
        }
        assert len(persons) <= 1


def test_every_id_is_unique_and_names_its_source(area: Area) -> None:
    assert len(area.by_reference) == len(area.resources)
    for given in area.contributions:
        for entry in given.bundle["entry"]:
            resource = entry["resource"]
            assert resource["id"].startswith(given.source_ods.lower())
            assert entry["request"] == {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}
            assert resource["meta"]["source"] == f"urn:lhcr:source:{given.source_ods}"


def test_each_nhs_number_is_synthetic_and_belongs_to_one_person(area: Area) -> None:
    holders: dict[str, set[str]] = {}
    for found in area.resources:
        if found["resourceType"] == "Patient":
            for identifier in found["identifier"]:
                if identifier["system"] == NHS_NUMBER:
                    holders.setdefault(identifier["value"], set()).add(found["id"].split("-")[2])
    assert len(holders) == 200
    assert all(len(people) == 1 for people in holders.values())
    assert all(NhsNumber(number).is_synthetic for number in holders)


def test_sources_are_organisations_of_the_directory_which_comes_first(area: Area) -> None:
    first = area.contributions[: len(BY_ODS)]
    assert [given.source_ods for given in first] == list(BY_ODS)
    assert all(given.bundle["entry"][0]["resource"]["resourceType"] == "Organization" for given in first)


def test_the_area_holds_every_kind_of_entry_that_a_record_shows(area: Area) -> None:
    kinds = Counter(found["resourceType"] for found in area.resources)
    wanted = """AllergyIntolerance Appointment CarePlan CareTeam Condition Consent Device DiagnosticReport DocumentReference
        Encounter EpisodeOfCare FamilyMemberHistory Flag Goal HealthcareService Immunization Location MedicationDispense
        MedicationRequest MedicationStatement Observation Organization Patient Practitioner PractitionerRole Procedure
        QuestionnaireResponse RelatedPerson ServiceRequest"""
    assert set(wanted.split()) <= set(kinds)


def test_nothing_but_appointments_and_aims_lies_in_the_future(area: Area) -> None:
    # What is planned may lie ahead; what is said to have happened may not.
    for found in area.resources:
        if found["resourceType"] == "Observation":
            assert found["effectiveDateTime"] < f"{TODAY}T99"
        if found["resourceType"] == "Encounter":
            assert found["period"]["start"] < f"{TODAY}T99"
        if found["resourceType"] == "Appointment":
            assert found["start"] > f"{TODAY}"


def test_each_named_person_has_a_story() -> None:
    assert set(STORIES) == {demo.key for demo in DEMO_PEOPLE}


def test_two_hundred_people_are_generated_well_within_three_seconds() -> None:
    began = time.perf_counter()
    assert sum(1 for _ in generate(200, seed=1, today=TODAY)) > 200
    assert time.perf_counter() - began < 3
