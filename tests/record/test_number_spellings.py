"""Hazard: partial record. A person whose NHS number came in another spelling was split in two, or was not found by it."""

import asyncio
import json

import pytest
from tests.record.area import Area, post
from tests.record.made import HOSPITAL_NUMBER, allergy, identifier, number, observation, patient
from tests.record.restricted import Somebody, search

from lhcr.nhs.systems import NHS_NUMBER
from lhcr.store.migrations import migrations

WHO = Somebody(1, "somebody")
SPELLINGS = (
    "urn:oid:2.16.840.1.113883.2.1.4.1",
    "http://fhir.nhs.net/Id/nhs-number",
    "http://fhir.nhs.uk/Id/nhs-number/",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_two_addresses_of_one_number_are_one_person(area: Area, spelling: str) -> None:
    await area.hospital.update(patient(number(1), id=WHO.plain_id))
    await area.surgery.update(patient(identifier(number(1), system=spelling), id="other"))
    assert await area.person_of("Patient/other") == await area.person_of(f"Patient/{WHO.plain_id}")
    stored = json.loads((await area.surgery.read("Patient/other")).body or b"")
    assert stored["identifier"] == [identifier(number(1))]
    about = {"identifier": identifier(number(1), system=spelling)}
    written = await area.surgery.create(observation(about))
    assert written.draft.person_id == await area.person_of("Patient/other")


@pytest.mark.parametrize("spelling", [NHS_NUMBER, *SPELLINGS])
async def test_a_search_finds_the_number_by_any_address(area: Area, spelling: str) -> None:
    await area.surgery.update(patient(identifier(number(1), system=SPELLINGS[0]), id=WHO.plain_id))
    await area.surgery.create(allergy(f"Patient/{WHO.plain_id}"))
    found = await search(area.gp, WHO, "Patient", f"identifier={spelling}|{number(1)}")
    assert len(found.matches) == 1


def spaced(text: str, separator: str = " ") -> str:
    return separator.join((text[:3], text[3:6], text[6:]))


def spellings(text: str) -> tuple[str, str, str]:
    return text, spaced(text), spaced(text, "-")


NUMBER, OTHER = number(1), number(2)
WRITTEN = spellings(NUMBER)


@pytest.mark.parametrize("stored", WRITTEN)
@pytest.mark.parametrize("asked", WRITTEN)
async def test_a_search_finds_the_number_however_it_is_written(area: Area, stored: str, asked: str) -> None:
    await area.surgery.update(patient(stored, id=WHO.plain_id))
    await area.surgery.create(allergy(f"Patient/{WHO.plain_id}"))
    for query in (f"identifier={NHS_NUMBER}|{asked}", f"identifier={asked}"):
        assert len((await search(area.gp, WHO, "Patient", query)).matches) == 1, query
    for query in ("patient.identifier", "patient:identifier", "patient:Patient.identifier"):
        found = await search(area.gp, WHO, "AllergyIntolerance", f"{query}={NHS_NUMBER}|{asked}")
        assert len(found.matches) == 1, query
    reached = await search(area.gp, WHO, "Patient", f"_has:AllergyIntolerance:patient:patient.identifier={asked}")
    assert len(reached.matches) == 1
    assert not (await search(area.gp, WHO, "Patient", f"identifier:not={NHS_NUMBER}|{asked}")).matches
    assert not (await search(area.gp, WHO, "Patient", f"identifier=|{asked}")).matches


async def test_what_a_source_wrote_stays_as_it_wrote_it(area: Area) -> None:
    await area.surgery.update(patient(spaced(NUMBER), id=WHO.plain_id))
    stored = json.loads((await area.surgery.read(f"Patient/{WHO.plain_id}")).body or b"")
    assert stored["identifier"] == [identifier(spaced(NUMBER))]


@pytest.mark.parametrize("asked", spellings(OTHER))
async def test_a_reference_by_number_is_found_however_it_is_written(area: Area, asked: str) -> None:
    await area.surgery.update(patient(NUMBER, id=WHO.plain_id))
    related = {"resourceType": "RelatedPerson", "id": "kin", "patient": {"reference": f"Patient/{WHO.plain_id}"}}
    await area.surgery.update(related | {"identifier": [identifier(spaced(OTHER))]})
    performer = {"type": "Practitioner", "identifier": identifier(spaced(OTHER))}
    await area.surgery.create(observation(f"Patient/{WHO.plain_id}", performer=[performer]))
    for value in (f"{NHS_NUMBER}|{asked}", asked):
        assert len((await search(area.gp, WHO, "Observation", f"performer:identifier={value}")).matches) == 1, value
        assert len((await search(area.gp, WHO, "RelatedPerson", f"identifier={value}")).matches) == 1, value


async def test_a_number_of_another_system_is_found_as_it_is_written_alone(area: Area) -> None:
    """Hazard: wrong person. Two numbers of a hospital may differ by a space and no more."""
    await area.surgery.update(patient(NUMBER, identifier(spaced(OTHER), system=HOSPITAL_NUMBER), id=WHO.plain_id))
    found = {
        f"{system}{text}": len((await search(area.gp, WHO, "Patient", f"identifier={system}{text}")).matches)
        for system in ("", f"{HOSPITAL_NUMBER}|", f"{NHS_NUMBER}|")
        for text in (OTHER, spaced(OTHER))
    }
    assert [each for each, count in found.items() if count] == [
        spaced(OTHER),
        f"{HOSPITAL_NUMBER}|{spaced(OTHER)}",
    ]


@pytest.mark.parametrize("stored", WRITTEN)
@pytest.mark.parametrize("asked", WRITTEN)
async def test_a_conditional_create_makes_no_second_patient_in_another_spelling(
    area: Area, stored: str, asked: str
) -> None:
    """Hazard: duplicates."""
    first = await area.surgery.create(patient(stored))
    again = await area.surgery.create(patient(asked), condition=f"identifier={NHS_NUMBER}|{asked}")
    assert again.draft.id == first.draft.id


async def test_conditional_creates_at_once_in_every_spelling_give_one_patient(area: Area) -> None:
    """Hazard: duplicates. Each would look before the others wrote."""
    written = await asyncio.gather(
        *(
            area.hospital.create(patient(text), condition=f"identifier={NHS_NUMBER}|{text}")
            for text in WRITTEN
            for _ in range(6)
        )
    )
    assert len({each.draft.id for each in written}) == 1


@pytest.mark.parametrize("stored", WRITTEN)
@pytest.mark.parametrize("asked", WRITTEN)
async def test_a_conditional_reference_means_the_number_however_it_is_written(
    area: Area, stored: str, asked: str
) -> None:
    await area.surgery.update(patient(stored, id=WHO.plain_id))
    (written,) = await area.surgery.transaction(post(observation(f"Patient?identifier={NHS_NUMBER}|{asked}")))
    assert written.draft.person_id == await area.person_of(f"Patient/{WHO.plain_id}")


@pytest.mark.parametrize("second", WRITTEN)
async def test_a_golden_patient_tells_a_number_once(area: Area, second: str) -> None:
    await area.surgery.update(patient(spaced(NUMBER), id=WHO.plain_id))
    await area.hospital.update(patient(second, id="other"))
    (found,) = (await search(area.gp, WHO, "Patient", f"identifier={NUMBER}")).matches
    # In ten digits where any source writes it so, else as the first wrote it.
    told = NUMBER if second == NUMBER else spaced(NUMBER)
    assert json.loads(found.body)["identifier"] == [identifier(told)]


@pytest.mark.parametrize("asked", WRITTEN)
async def test_whoever_was_stored_before_rows_held_one_spelling_is_found_after_the_migration(
    area: Area, asked: str
) -> None:
    await area.surgery.update(patient(spaced(NUMBER), id=WHO.plain_id))
    stored = await area.pool.execute("UPDATE search_token SET code = $1 WHERE code = $2", spaced(NUMBER), NUMBER)
    assert stored == "UPDATE 1"
    query = f"identifier={NHS_NUMBER}|{asked}"
    assert not (await search(area.gp, WHO, "Patient", query)).matches
    (migration,) = [each for each in migrations() if each.name.endswith("_number_spellings")]
    await area.pool.execute(migration.sql)
    assert len((await search(area.gp, WHO, "Patient", query)).matches) == 1
