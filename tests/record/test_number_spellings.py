"""Hazard: partial record. A person whose NHS number came under another address of its system was split in two."""

import json

import pytest
from tests.record.area import Area
from tests.record.made import allergy, identifier, number, observation, patient
from tests.record.restricted import Somebody, search

from lhcr.nhs.systems import NHS_NUMBER

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
