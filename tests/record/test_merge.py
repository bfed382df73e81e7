"""Merge: the record of one person goes on in another's, whole, and either id leads there."""

import json

import pytest
from tests.logged import logged_entry
from tests.record.area import Area, citizen_with, put, refusal
from tests.record.made import HOSPITAL_NUMBER, allergy, identifier, number, observation, patient
from tests.record.merging import merge, pair_of

from lhcr.access.request import Interaction
from lhcr.store.tables import Kind, tables_of

OLD, NEW = number(1), number(2)


@pytest.fixture
async def two(area: Area) -> Area:
    """Ada twice: at the hospital under one number, at the surgery under another, with an allergy at each."""
    await area.hospital.transaction(
        put(patient(OLD, identifier("h1", system=HOSPITAL_NUMBER), id="old")),
        put(allergy("Patient/old", id="old-allergy")),
        put(observation("Patient/old", id="old-pulse")),
    )
    await area.surgery.transaction(
        put(patient(NEW, id="new")), put(allergy("Patient/new", id="new-allergy", code={"text": "Latex"}))
    )
    return area


def names(found: object) -> set[str]:
    return {f"{each.type}/{each.id}" for each in found}  # type: ignore[attr-defined]


async def test_a_merge_brings_every_entry_to_the_survivor(two: Area) -> None:
    merged, survivor = await two.person_of("Patient/old"), await two.person_of("Patient/new")
    done = await merge(two, "Patient/old", "Patient/new")
    assert done.entries == {"AllergyIntolerance": 1, "Observation": 1, "Patient": 1}
    assert await two.person_of("Patient/old") == await two.person_of("Patient/new") == survivor
    for table in tables_of(Kind.BY_PERSON):
        left = await two.rows(f"SELECT * FROM {table.name} WHERE person_id = $1", merged)
        assert len(left) == (table.name == "person"), table.name


async def test_the_allergies_of_both_are_in_the_record_under_either_id(two: Area) -> None:
    """Hazard: an allergy dropped."""
    await merge(two, "Patient/old", "Patient/new")
    for own in ("Patient/old", "Patient/new"):
        found = await two.gp.everything(own)
        assert {"AllergyIntolerance/old-allergy", "AllergyIntolerance/new-allergy"} <= names(found.found)


async def test_an_entry_goes_on_as_a_next_version_with_the_same_content(two: Area) -> None:
    before = await two.hospital.read("Observation/old-pulse")
    await merge(two, "Patient/old", "Patient/new")
    after = await two.hospital.read("Observation/old-pulse")
    assert (before.version, after.version) == (1, 2)
    assert after.last_updated > before.last_updated
    ours, theirs = json.loads(before.body or b""), json.loads(after.body or b"")
    assert theirs.pop("meta") | ours.pop("meta") != {}
    assert ours == theirs
    meta = json.loads(after.body or b"")["meta"]
    assert meta["versionId"] == "2"
    assert meta["lastUpdated"].startswith(after.last_updated.strftime("%Y-%m-%dT%H:%M:%S.%f"))


async def test_earlier_versions_stay_byte_for_byte(two: Area) -> None:
    before = await two.hospital.read("Observation/old-pulse")
    await merge(two, "Patient/old", "Patient/new")
    assert (await two.hospital.vread("Observation/old-pulse", 1)).body == before.body
    assert [each.version for each in (await two.hospital.history("Observation/old-pulse")).versions] == [2, 1]


async def test_ids_that_this_server_assigned_lead_to_the_survivor(area: Area) -> None:
    old = await area.hospital.create(patient(OLD))
    new = await area.surgery.create(patient(NEW))
    about = f"Patient/{old.draft.id}"
    pulse = await area.hospital.create(observation(about))
    survivor = await area.person_of(f"Patient/{new.draft.id}")
    await merge(area, about, f"Patient/{new.draft.id}")
    assert await area.person_of(about) == survivor
    assert await area.person_of(f"Observation/{pulse.draft.id}") == survivor
    assert (await area.gp.read(f"Observation/{pulse.draft.id}")).version == 2


async def test_an_entry_about_the_old_id_is_written_to_the_survivor(two: Area) -> None:
    await merge(two, "Patient/old", "Patient/new")
    await two.hospital.create(observation("Patient/old", id=None))
    survivor = await two.person_of("Patient/new")
    rows = await two.rows("SELECT DISTINCT person_id FROM resource WHERE type = $1", 96)
    assert await two.value("SELECT count(*) FROM resource WHERE person_id <> $1 AND person_id > 0", survivor) == 0, rows


async def test_either_number_leads_to_the_survivor(two: Area) -> None:
    await merge(two, "Patient/old", "Patient/new")
    survivor = await two.person_of("Patient/new")
    rows = await two.rows("SELECT value, person_id FROM person_identifier WHERE source_id = 0 ORDER BY value")
    assert rows == [{"value": value, "person_id": survivor} for value in sorted((OLD, NEW))]


async def test_a_source_goes_on_writing_its_patient_and_its_entries(two: Area) -> None:
    await merge(two, "Patient/old", "Patient/new")
    written = await two.hospital.update(
        patient(OLD, identifier("h1", system=HOSPITAL_NUMBER), id="old", gender="female")
    )
    assert written.draft.person_id == await two.person_of("Patient/new")
    await two.hospital.update(observation("Patient/old", id="old-pulse", status="amended"))
    assert (await two.hospital.read("Observation/old-pulse")).version == 3


async def test_both_contributors_are_tied_to_the_survivor(two: Area) -> None:
    await merge(two, "Patient/old", "Patient/new")
    for asker in (two.doctor, two.gp):
        await asker.decide(Interaction.EVERYTHING, None, await two.person_of("Patient/new"))


async def test_a_merge_is_in_the_log_of_both(two: Area) -> None:
    merged, survivor = await two.person_of("Patient/old"), await two.person_of("Patient/new")
    await merge(two, "Patient/old", "Patient/new")
    said = [each for each in await two.entries() if each.get("subtype") == "merge"]
    assert {each["person_id"] for each in said} == {merged, survivor}


async def test_to_look_what_a_merge_would_bring_is_in_the_log_of_both_as_a_look(two: Area) -> None:
    """Hazard: a person who is told that their record was changed, and it was not."""
    await two.record.merging.consider(await pair_of(two, "Patient/old", "Patient/new"))
    said = [logged_entry(row["text"]) for row in await two.rows("SELECT text FROM audit_entry")]
    assert [each["action"] for each in said if each.get("subtype") == "merge-considered"] == ["R", "R"]


async def test_nobody_is_merged_with_themselves(two: Area) -> None:
    assert await refusal(merge(two, "Patient/old", "Patient/old")) == (400, "merge-oneself")
    await merge(two, "Patient/old", "Patient/new")
    assert await refusal(merge(two, "Patient/old", "Patient/new")) == (400, "merge-oneself")


async def test_a_citizen_sees_the_whole_under_either_number_of_a_duplicate_registration(two: Area) -> None:
    await merge(two, "Patient/old", "Patient/new")
    for value in (OLD, NEW):
        found = await two.asks(citizen_with(value)).everything("Patient/new")
        assert "AllergyIntolerance/old-allergy" in names(found.found)
