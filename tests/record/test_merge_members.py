"""Entries that name several persons, after one of those was merged; and two persons who both have a Patient of one source."""

from tests.record.area import Area, put
from tests.record.made import HOSPITAL_NUMBER, allergy, identifier, number, patient
from tests.record.merging import ALL_SEEN, merge
from tests.record.test_merge import names

from lhcr.fhir.json_document import read_json


async def reported(area: Area) -> None:
    """A child's allergy that the mother told, who is here twice: `mother` is named, `same` is the number that she goes on with."""
    await area.hospital.transaction(
        put(patient(number(1), id="child")),
        put(patient(number(2), id="mother")),
        put(allergy("Patient/child", id="told", asserter={"reference": "Patient/mother", "display": "Zelda"})),
    )
    await area.hospital.update(
        allergy("Patient/child", id="told", asserter={"reference": "Patient/mother"}, criticality="high")
    )
    await area.hospital.transaction(put(patient(number(3), id="same")))


async def members(area: Area, table: str = "resource") -> list[list[int] | None]:
    rows = await area.rows(f"SELECT members FROM {table} WHERE id = 'told' ORDER BY version")
    return [each["members"] for each in rows]


async def test_whoever_was_named_is_named_by_the_survivor_in_every_version(area: Area) -> None:
    await reported(area)
    await merge(area, "Patient/mother", "Patient/same")
    child, survivor = await area.person_of("Patient/child"), await area.person_of("Patient/same")
    assert await members(area) == [[survivor]]
    assert await members(area, "resource_history") == [[survivor]]
    rows = await area.rows("SELECT person_id, home_person_id FROM resource_member")
    assert rows == [{"person_id": survivor, "home_person_id": child}]


async def test_an_entry_of_the_merged_goes_on_to_name_the_other(area: Area) -> None:
    await reported(area)
    await area.hospital.transaction(put(patient(number(4), id="kid")))
    await merge(area, "Patient/child", "Patient/kid")
    kid, mother = await area.person_of("Patient/kid"), await area.person_of("Patient/mother")
    assert await members(area) == [[mother]]
    rows = await area.rows("SELECT person_id, home_person_id FROM resource_member")
    assert rows == [{"person_id": mother, "home_person_id": kid}]


async def test_nobody_is_a_member_of_their_own_entry(area: Area) -> None:
    await reported(area)
    await merge(area, "Patient/child", "Patient/mother", seen=ALL_SEEN)
    assert await members(area) == [None]
    assert await area.value("SELECT count(*) FROM resource_member") == 0


async def test_the_one_who_was_named_survives_into_the_record_of_who_named_them(area: Area) -> None:
    await reported(area)
    await merge(area, "Patient/mother", "Patient/child", seen=ALL_SEEN)
    assert await members(area) == [None]
    assert await members(area, "resource_history") == [None]
    assert await area.value("SELECT count(*) FROM resource_member") == 0


async def test_two_who_both_have_a_patient_of_one_source_are_one_with_both(area: Area) -> None:
    for name, place in (("first", 1), ("second", 2)):
        own = identifier(f"h{place}", system=HOSPITAL_NUMBER)
        await area.hospital.transaction(
            put(patient(number(place), own, id=name, gender="female")),
            put(allergy(f"Patient/{name}", id=f"allergy-{name}")),
        )
    await merge(area, "Patient/first", "Patient/second")
    golden = read_json((await area.hospital.read("Patient/second")).body or b"")
    assert {each["value"] for each in golden["identifier"]} == {number(1), number(2), "h1", "h2"}
    found = names((await area.hospital.everything("Patient/first")).found)
    assert {"AllergyIntolerance/allergy-first", "AllergyIntolerance/allergy-second"} <= found
    await area.hospital.update(
        patient(number(1), identifier("h1", system=HOSPITAL_NUMBER), id="first", gender="female", active=True)
    )
    versions = (await area.hospital.history("Patient/first")).versions
    assert [each.version for each in versions] == [3, 2, 1]
