"""Feeds: what a source sends twice changes nothing, and its ids are its own."""

from typing import Any

import pytest
from tests.record.area import Area, refusal, sent
from tests.record.made import HOSPITAL_NUMBER, identifier, medication, number, observation, organisation, patient

from lhcr.fhir.json_document import read_json
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft
from lhcr.record.written import Written

TABLES = (
    "person",
    "resource",
    "resource_history",
    "directory_resource",
    "directory_resource_history",
    "locator",
    "person_identifier",
    "loaded_id",
    "fact_relationship",
    "outbox",
    "search_token",
    "search_reference",
)


async def stored(area: Area) -> list[list[dict[str, Any]]]:
    rows = [await area.rows(f"SELECT * FROM {table}") for table in TABLES]
    return [sorted(each, key=repr) for each in rows]


def file(**changed: JsonObject) -> list[Draft]:
    resources = {
        "us": organisation("RRE", id="us"),
        "p": patient(number(1), id="p"),
        "o": observation("Patient/p", id="o", performer=[{"reference": "Organization/us"}]),
        "drug": medication(id="drug"),
    }
    entries = [sent(changed.get(key, resource)) for key, resource in resources.items()]
    unnamed = observation("urn:uuid:p2", status="final")
    return [
        *entries,
        sent(patient(number(2)), full_url="urn:uuid:p2"),
        sent(unnamed, full_url="urn:uuid:o2"),
    ]


def body(written: Written) -> JsonObject:
    return read_json(written.body or b"")


async def test_the_same_file_again_changes_nothing_at_all(area: Area) -> None:
    first = await area.hospital.load(*file())
    before = await stored(area)
    again = await area.hospital.load(*file())
    assert all(each.draft.found for each in again)
    assert [each.draft.id for each in again] == [each.draft.id for each in first]
    assert await stored(area) == before


async def test_a_changed_entry_becomes_one_new_version_and_nothing_else_does(area: Area) -> None:
    await area.hospital.load(*file())
    changed = observation("Patient/p", id="o", status="amended")
    written = await area.hospital.load(*file(o=changed))
    assert [each.draft.id for each in written if not each.draft.found] == ["o"]
    assert (await area.hospital.read("Observation/o")).version == 2
    assert await area.value("SELECT count(*) FROM resource_history") == 1
    assert await area.value("SELECT count(*) FROM directory_resource_history") == 0


async def test_a_reference_to_an_entry_of_an_earlier_file_is_followed(area: Area) -> None:
    first = await area.hospital.load(*file())
    later = sent(observation("Patient/p", id="later", hasMember=[{"reference": "Observation/o"}]))
    (written,) = await area.hospital.load(later)
    assert written.draft.person_id == first[1].draft.person_id


@pytest.mark.parametrize("same_person", [True, False])
async def test_an_id_that_another_source_holds_is_replaced_and_references_follow(
    area: Area,
    same_person: bool,  # noqa: FBT001 -- a case of the test
) -> None:
    """Hazard: wrong person. Both sources count their patients from 1."""
    await area.pharmacy.load(sent(patient(number(1), id="1")), sent(observation("Patient/1", id="1")))
    ours = [
        patient(number(1 if same_person else 2), id="1", gender="female"),
        observation("Patient/1", id="1", hasMember=[{"reference": "Observation/2"}]),
        observation("Patient/1", id="2"),
    ]
    loaded, first, second = await area.hospital.load(*(sent(dict(each)) for each in ours))
    assert loaded.draft.id != "1"
    assert first.draft.id != "1"
    assert second.draft.id == "2"
    assert body(first)["subject"]["reference"] == f"Patient/{loaded.draft.id}"
    assert first.draft.person_id == second.draft.person_id == loaded.draft.person_id
    assert (loaded.draft.person_id == await area.person_of("Patient/1")) is same_person
    later = observation("Patient/1", id="3", hasMember=[{"reference": "Observation/1"}])
    (third,) = await area.hospital.load(sent(later))
    assert body(third)["subject"]["reference"] == f"Patient/{loaded.draft.id}"
    assert body(third)["hasMember"] == [{"reference": f"Observation/{first.draft.id}"}]
    assert third.draft.person_id == loaded.draft.person_id
    (again,) = await area.hospital.load(sent(ours[1] | {"status": "amended"}))
    assert (again.draft.id, again.draft.version) == (first.draft.id, 2)


async def test_an_unknown_patient_gets_a_placeholder_that_is_filled_when_the_patient_arrives(area: Area) -> None:
    (early,) = await area.hospital.load(sent(observation("Patient/later", id="early")))
    assert await refusal(area.hospital.read("Patient/later")) == (404, "not-found")
    (next_,) = await area.hospital.load(sent(observation("Patient/later", id="next")))
    (arrived,) = await area.hospital.load(sent(patient(number(1), id="later")))
    assert early.draft.person_id == next_.draft.person_id == arrived.draft.person_id
    assert (arrived.created, arrived.draft.version) == (True, 1)
    found = (await area.hospital.everything("Patient/later")).found
    assert [each.id for each in found] == ["later", "early", "next"]


async def test_an_unknown_patient_is_still_refused_to_users(area: Area) -> None:
    await area.hospital.load(sent(observation("Patient/later", id="early")))
    assert await refusal(area.hospital.create(observation("Patient/nobody"))) == (422, "subject-unknown")


async def test_an_unknown_patient_whose_id_another_source_holds_is_not_that_sources(area: Area) -> None:
    """Hazard: wrong person. The entries come first, and the other source's patient of that id is here already."""
    await area.pharmacy.load(sent(patient(number(1), id="1")))
    early, second = await area.hospital.load(
        sent(observation("Patient/1", id="early")), sent(observation("Patient/1", id="second"))
    )
    theirs = await area.person_of("Patient/1")
    assert early.draft.person_id == second.draft.person_id != theirs
    assert body(early)["subject"] == body(second)["subject"] != {"reference": "Patient/1"}
    (third,) = await area.hospital.load(sent(observation("Patient/1", id="third")))
    (arrived,) = await area.hospital.load(sent(patient(number(2), id="1")))
    assert body(third)["subject"] == {"reference": f"Patient/{arrived.draft.id}"} == body(early)["subject"]
    assert third.draft.person_id == arrived.draft.person_id == early.draft.person_id
    assert (arrived.created, arrived.draft.version) == (True, 1)
    (again,) = await area.hospital.load(sent(patient(number(2), id="1")))
    assert again.draft.found
    assert (await area.hospital.read(f"Patient/{arrived.draft.id}")).body == arrived.body


async def test_a_person_who_is_named_by_number_alone_is_known_by_it_until_their_patient_arrives(area: Area) -> None:
    named = {"identifier": identifier(number(1))}
    own = {"identifier": identifier("h1", system=HOSPITAL_NUMBER), "type": "Patient"}
    (early,) = await area.hospital.load(sent(observation(named, id="early")))
    (other,) = await area.pharmacy.load(sent(observation(named, id="other")))
    (by_own,) = await area.hospital.load(sent(observation(own, id="by-own")))
    assert early.draft.person_id == other.draft.person_id != by_own.draft.person_id
    (arrived,) = await area.surgery.load(sent(patient(number(1), id="arrived")))
    assert arrived.draft.person_id == early.draft.person_id
    (known,) = await area.hospital.load(sent(patient(identifier("h1", system=HOSPITAL_NUMBER), id="known")))
    assert known.draft.person_id == by_own.draft.person_id


async def test_a_placeholder_joins_whoever_has_the_number_that_stands_beside_its_reference(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="known"))
    named: JsonObject = {"reference": "Patient/later", "identifier": identifier(number(1))}
    (early,) = await area.hospital.load(sent(observation(named, id="early")))
    assert early.draft.person_id == await area.person_of("Patient/known")
    (arrived,) = await area.hospital.load(sent(patient(number(1), id="later")))
    assert arrived.draft.person_id == early.draft.person_id


async def test_what_names_its_person_in_a_way_that_leads_nowhere_is_refused(area: Area) -> None:
    """Hazard: partial record. Kept without a person, it would stand outside that person's record."""
    for subject in ("urn:uuid:absent", "Patient?identifier=x|y", "https://elsewhere.test/fhir/Patient/1"):
        entry = sent(observation(subject, id="o"))
        assert await refusal(area.hospital.load(entry, keep_unresolved=True)) == (422, "subject-unknown")
    kept = observation("Patient/p", id="o", performer=[{"reference": "Practitioner?identifier=x|y"}])
    assert await refusal(area.hospital.load(sent(dict(kept)))) == (412, "reference-unresolved")
    (written,) = await area.hospital.load(sent(kept), keep_unresolved=True)
    assert body(written)["performer"] == [{"reference": "Practitioner?identifier=x|y"}]


async def test_an_id_in_the_form_of_ours_is_replaced(area: Area) -> None:
    ours = (await area.pharmacy.create(patient(number(1)))).draft.id
    loaded, entry = await area.hospital.load(
        sent(patient(number(2), id=ours)), sent(observation(f"Patient/{ours}", id="o"))
    )
    assert loaded.draft.id != ours
    assert entry.draft.person_id == loaded.draft.person_id != await area.person_of(f"Patient/{ours}")


async def test_what_was_deleted_over_the_interface_comes_back_only_when_it_changes(area: Area) -> None:
    await area.hospital.load(*file())
    await area.hospital.delete("Observation/o")
    await area.hospital.load(*file())
    assert await refusal(area.hospital.read("Observation/o")) == (410, "deleted")
    (written,) = await area.hospital.load(sent(observation("Patient/p", id="o", status="amended")))
    assert (written.draft.version, written.created) == (3, True)


async def test_an_entry_that_moves_to_another_person_is_refused(area: Area) -> None:
    await area.hospital.load(*file())
    await area.hospital.load(sent(patient(number(3), id="other")))
    moved = sent(observation("Patient/other", id="o"))
    assert await refusal(area.hospital.load(moved)) == (422, "subject-changed")
