"""A person has one NHS number: what another one does that is brought to them, and what an id does that is given to somebody else.

Hazards: wrong person, by an id or a number that is another's; a record opened to a citizen who has the other number.
"""

import pytest
from tests.record.area import Area, Asker, citizen_with, put, refusal, sent
from tests.record.made import HOSPITAL_NUMBER, identifier, number, observation, patient

from lhcr.kernel.json_types import JsonObject

ADA: JsonObject = {"birthDate": "1950-01-01", "gender": "female"}
BELLA: JsonObject = {"birthDate": "1999-09-09", "gender": "female", "name": [{"family": "Benson", "given": ["Bella"]}]}
OVERWRITTEN = (409, "person-contradicts")


async def holders(area: Area) -> dict[str, int]:
    rows = await area.rows("SELECT value, person_id FROM person_identifier WHERE source_id = 0")
    return {row["value"]: row["person_id"] for row in rows}


async def opens(area: Area, nhs_number: str, reference: str) -> bool:
    facts = "SELECT count(*) FROM fact_relationship WHERE kind = 'self' AND party LIKE '%' || $1 AND person_id = $2"
    if await area.value(facts, nhs_number, await area.person_of(reference)):
        return (await area.asks(citizen_with(nhs_number)).read(reference)).version > 0
    assert (await refusal(area.asks(citizen_with(nhs_number)).read(reference)))[0] in {403, 404}
    return False


@pytest.mark.parametrize("brought", [identifier(number(2)), identifier("8", system=HOSPITAL_NUMBER)], ids=str)
async def test_hazard_wrong_person_an_id_is_not_given_to_somebody_else(area: Area, brought: JsonObject) -> None:
    """Whether another source knows the person, nobody else does, or the Patient was withdrawn meanwhile."""
    await area.hospital.update(patient(number(1), id="ours", **ADA))
    overwriting = patient(brought, id="ours", **BELLA)
    assert await refusal(area.hospital.update(dict(overwriting))) == OVERWRITTEN
    await area.pharmacy.update(patient(number(1), id="theirs", **ADA))
    assert await refusal(area.hospital.update(dict(overwriting))) == OVERWRITTEN
    assert await refusal(area.doctor.update(dict(overwriting))) == OVERWRITTEN
    assert await refusal(area.hospital.load(sent(dict(overwriting)))) == OVERWRITTEN
    await area.hospital.delete("Patient/ours")
    assert await refusal(area.hospital.update(dict(overwriting))) == OVERWRITTEN
    assert await holders(area) == {number(1): await area.person_of("Patient/theirs")}


async def test_an_id_that_is_given_to_somebody_else_is_refused_whoever_holds_their_number(area: Area) -> None:
    """Hazard: a sensitive item exposed, by an answer that tells that a number is somebody's here."""
    await area.hospital.update(patient(number(1), id="ours", **ADA))
    await area.pharmacy.update(patient(number(2), id="bella", **BELLA))
    assert await refusal(area.hospital.update(patient(number(2), id="ours", **BELLA))) == OVERWRITTEN


async def test_demographics_are_corrected_under_the_same_number_and_the_number_under_the_same_demographics(
    area: Area,
) -> None:
    await area.hospital.update(patient(number(1), id="ours", **ADA))
    await area.hospital.update(patient(number(1), id="ours", **BELLA))
    await area.hospital.update(patient(number(2), id="ours", **BELLA))
    assert await holders(area) == {number(2): await area.person_of("Patient/ours")}
    assert await opens(area, number(2), "Patient/ours")
    assert not await opens(area, number(1), "Patient/ours")


async def test_hazard_wrong_citizen_a_second_number_opens_the_record_to_nobody(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="ours", **ADA))
    await area.surgery.update(observation("Patient/ours", id="o"))
    written = await area.surgery.update(patient(number(1), number(2), id="ours", **ADA))
    assert written.draft.apart == {number(2)}
    assert list(await holders(area)) == [number(1)]
    again = await area.surgery.update(patient(number(1), number(2), id="ours", language="en", **ADA))
    assert again.draft.apart == {number(2)}
    assert list(await holders(area)) == [number(1)]
    assert await opens(area, number(1), "Patient/ours")
    assert not await opens(area, number(2), "Patient/ours")
    await area.pharmacy.update(patient(number(2), id="owner", **ADA))
    assert await area.person_of("Patient/owner") != await area.person_of("Patient/ours")


async def test_another_number_for_whom_other_sources_know_by_one_is_set_apart(area: Area) -> None:
    await area.pharmacy.update(patient(number(1), id="theirs", **ADA))
    await area.hospital.update(patient(number(1), id="ours", **ADA))
    written = await area.hospital.update(patient(number(2), id="ours", **ADA))
    assert written.draft.apart == {number(2)}
    assert written.draft.person_id == await area.person_of("Patient/theirs")
    await area.pharmacy.delete("Patient/theirs")
    assert (await area.hospital.update(patient(number(3), id="ours", **ADA))).draft.apart == {number(3)}
    assert list(await holders(area)) == [number(1)]


async def test_a_second_number_that_comes_by_a_number_of_the_source_is_set_apart(area: Area) -> None:
    ours = identifier("7", system=HOSPITAL_NUMBER)
    await area.hospital.update(patient(number(1), ours, id="one", **ADA))
    written = await area.hospital.update(patient(number(2), ours, id="two", **ADA))
    assert written.draft.apart == {number(2)}
    assert written.draft.person_id == await area.person_of("Patient/one")


async def test_of_two_numbers_that_come_together_the_official_one_is_the_persons(area: Area) -> None:
    two = patient(identifier(number(3)), identifier(number(1), use="official"), id="ours", **ADA)
    (written, *_) = await area.hospital.transaction(put(two), put(patient(number(3), id="same", **ADA)))
    assert written.draft.apart == {number(3)}
    assert list(await holders(area)) == [number(1)]


async def test_somebody_who_brings_a_second_number_is_told_so_whether_or_not_it_is_anothers(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="ours", **ADA))
    both = patient(number(1), number(2), id="ours", **ADA)
    told = [await _issues(area.doctor, both)]
    await area.pharmacy.update(patient(number(2), id="theirs", **BELLA))
    told.append(await _issues(area.doctor, both))
    assert told[0] == told[1]
    assert list(await holders(area)) == [number(1), number(2)]


async def _issues(asker: Asker, resource: JsonObject) -> tuple[int, str]:
    return await refusal(asker.update(dict(resource)))


async def test_a_first_number_is_added_to_a_patient_who_has_none(area: Area) -> None:
    await area.hospital.update(patient(id="ours", **ADA))
    await area.doctor.update(patient(number(1), id="ours", **ADA))
    assert await holders(area) == {number(1): await area.person_of("Patient/ours")}


async def test_hazard_wrong_person_a_number_of_the_source_joins_nobody_of_another_name_and_birth_date(
    area: Area,
) -> None:
    ours = identifier("7", system=HOSPITAL_NUMBER)
    await area.hospital.update(patient(ours, id="one", **ADA))
    assert await refusal(area.hospital.create(patient(ours, **BELLA))) == OVERWRITTEN
    assert await refusal(area.doctor.create(patient(ours, **BELLA))) == OVERWRITTEN
    assert await refusal(area.hospital.load(sent(patient(ours, id="two", **BELLA)))) == OVERWRITTEN
    other = identifier("8", system=HOSPITAL_NUMBER)
    pair = put(patient(other, id="three", **ADA)), put(patient(other, id="four", **BELLA))
    assert await refusal(area.hospital.transaction(*pair)) == OVERWRITTEN
    joined = await area.hospital.create(patient(ours, **ADA))
    assert joined.draft.person_id == await area.person_of("Patient/one")
