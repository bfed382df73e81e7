"""Specification of the named people and of the personas."""

import pytest

from lhcr.demo.directory import directory
from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import BY_KEY, DEMO_PEOPLE, FIRST_ORDINARY_INDEX
from lhcr.demo.personas import BY_NAME, PERSONAS

PRACTITIONERS = {
    f"Practitioner/{entry['resource']['id']}"
    for given in directory()
    for entry in given.bundle["entry"]
    if entry["resource"]["resourceType"] == "Practitioner"
}


@pytest.mark.parametrize(
    "key",
    [
        "rich",
        "sensitive",
        "restricted-address",
        "objection",
        "end-of-life",
        "merged",
        "deceased",
        "same-name-1",
        "same-name-2",
        "child",
        "nothing-recorded",
    ],
)
def test_each_kind_of_person_that_the_public_surface_promises_is_there(key: str) -> None:
    assert BY_KEY[key].story.endswith(".")


def test_numbers_and_places_are_never_shared() -> None:
    people = [demo.person for demo in DEMO_PEOPLE]
    assert len({person.nhs_number for person in people}) == len(people)
    assert len({person.home for person in people}) == len(people)
    assert max(person.index for person in people) < FIRST_ORDINARY_INDEX


def test_the_namesakes_share_name_and_date_of_birth_and_nothing_else() -> None:
    one, other = BY_KEY["same-name-1"].person, BY_KEY["same-name-2"].person
    assert (one.name, one.birth_date) == (other.name, other.birth_date)
    assert one.nhs_number != other.nhs_number


def test_the_personas_are_those_of_the_public_surface() -> None:
    names = """gp pharmacist pharmacy-technician ed-doctor ward-nurse social-worker paramedic receptionist patient carer
        privacy-officer caldicott supplier pharmacy-system operator neighbour"""
    assert [persona.name for persona in PERSONAS] == names.split()


@pytest.mark.parametrize(
    ("name", "ods"),
    [
        ("gp", "A81001"),
        ("pharmacist", "FA123"),
        ("ed-doctor", "RRE"),
        ("supplier", "RRE"),
        ("pharmacy-system", "FA123"),
    ],
)
def test_a_persona_works_where_the_public_surface_says(name: str, ods: str) -> None:
    assert BY_NAME[name].organisation == ods


def test_staff_are_in_the_directory_of_their_own_organisation() -> None:
    staff = [persona for persona in PERSONAS if persona.practitioner]
    assert {persona.practitioner for persona in staff} <= PRACTITIONERS
    for persona in staff:
        assert persona.organisation in BY_ODS
        assert persona.practitioner is not None
        assert persona.practitioner.startswith(f"Practitioner/{(persona.organisation or '').lower()}-")


def test_staff_sign_in_under_the_name_that_the_directory_gives_them() -> None:
    for persona in PERSONAS:
        if persona.practitioner and persona.organisation:
            key = persona.practitioner.removeprefix(f"Practitioner/{persona.organisation.lower()}-")
            assert BY_ODS[persona.organisation].member(key).display == persona.display


def test_people_of_the_demonstration_sign_in_under_their_own_name() -> None:
    for persona in PERSONAS:
        if persona.person:
            assert BY_KEY[persona.person].person.name == persona.display


def test_people_sign_in_as_people_of_the_demonstration() -> None:
    assert BY_NAME["patient"].person == "rich"
    assert BY_NAME["carer"].person == "carer"
    assert {persona.person for persona in PERSONAS if persona.person} <= set(BY_KEY)


def test_a_persona_without_a_national_role_says_which_role_stands_in() -> None:
    job = BY_NAME["pharmacist"].job
    assert job is not None
    assert job.remark


def test_systems_and_patients_have_no_job() -> None:
    assert all(BY_NAME[name].job is None for name in ("supplier", "pharmacy-system", "patient", "carer"))
