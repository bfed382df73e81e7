"""One bad entry never loses the others; loading twice changes nothing; nothing is filed by guess."""

import pytest
from tests.ingest.loadable_area import LoadableArea, bundle_entry, observation, patient, resource_entry

from lhcr.ingest.loader import Deferred
from lhcr.nhs.nhs_number import synthetic

_ALICE = "urn:uuid:00000000-0000-4000-8000-000000000001"


async def test_a_bundle_goes_in_with_its_references_resolved(area: LoadableArea) -> None:
    outcome = await area.load(
        [bundle_entry(patient(), full_url=_ALICE), bundle_entry(observation(None, _ALICE), full_url="urn:uuid:2")]
    )
    assert (outcome.tally.accepted, outcome.rejections) == (2, [])
    (person,) = await area.bodies("Patient")
    (seen,) = await area.bodies("Observation")
    assert seen["subject"]["reference"] == f"Patient/{person['id']}"


async def test_loading_the_same_entries_twice_changes_nothing(area: LoadableArea) -> None:
    entries = [bundle_entry(patient(), full_url=_ALICE), bundle_entry(observation(None, _ALICE), full_url="urn:uuid:2")]
    await area.load(entries)
    before = await area.bodies("Observation")
    again = await area.load(entries)
    assert (again.tally.accepted, again.tally.unchanged) == (0, 2)
    assert await area.bodies("Observation") == before
    assert await area.value("SELECT count(*) FROM resource_history") == 0


async def test_what_is_loaded_names_the_source_that_the_load_was_for_whatever_its_file_says(area: LoadableArea) -> None:
    """Hazard: an entry taken for another organisation's. And loading it again finds it unchanged."""
    said = {"meta": {"source": "urn:lhcr:source:A81001"}}
    entries = [
        resource_entry(patient("p") | said),
        bundle_entry(observation(None, "Patient/p") | said, full_url="urn:uuid:2"),
    ]
    await area.load(entries, source="RRE")
    again = await area.load(entries, source="RRE")
    assert (again.tally.accepted, again.tally.unchanged) == (0, 2)
    for each in (*await area.bodies("Patient"), *await area.bodies("Observation")):
        assert each["meta"]["source"] == "urn:lhcr:source:RRE"
        assert [word["valueUri"] for word in each["meta"]["extension"]] == ["urn:lhcr:source:A81001"]


async def test_a_changed_resource_becomes_the_next_version(area: LoadableArea) -> None:
    await area.load([resource_entry(patient("p")), resource_entry(observation("o", "Patient/p", value=1))])
    outcome = await area.load([resource_entry(patient("p")), resource_entry(observation("o", "Patient/p", value=2))])
    assert (outcome.tally.accepted, outcome.tally.unchanged) == (1, 1)
    (seen,) = await area.bodies("Observation")
    assert (seen["valueInteger"], seen["meta"]["versionId"]) == (2, "2")


async def test_of_several_versions_in_one_batch_the_last_one_stands(area: LoadableArea) -> None:
    lines = [resource_entry(patient("p"))]
    lines += [resource_entry(observation("o", "Patient/p", value=value)) for value in (1, 2, 3)]
    outcome = await area.load(lines)
    assert outcome.tally.accepted == 4
    (seen,) = await area.bodies("Observation")
    assert seen["valueInteger"] == 3


async def test_an_invalid_entry_is_quarantined_as_it_came_and_the_others_are_in(area: LoadableArea) -> None:
    broken = resource_entry({"resourceType": "Observation", "subject": {"reference": "Patient/p"}}, place="line 2")
    outcome = await area.load([resource_entry(patient("p")), broken, resource_entry(observation("o", "Patient/p"))])
    assert outcome.tally.accepted == 2
    assert await area.quarantined() == [("test.ndjson: line 2", "required-missing")]
    assert await area.value("SELECT content FROM quarantine") == broken.content


async def test_the_quarantine_keeps_the_same_bytes_once(area: LoadableArea) -> None:
    broken = resource_entry({"resourceType": "Observation"})
    await area.load([broken])
    await area.load([broken])
    assert len(await area.quarantined()) == 1


async def test_a_mistyped_nhs_number_claims_nobody(area: LoadableArea) -> None:
    """Hazard: the wrong person."""
    outcome = await area.load([resource_entry(patient("p", nhs_number="9990000010"))])
    assert outcome.rejections[0].error == "nhs-number-invalid"
    assert await area.value("SELECT count(*) FROM person") == 0


@pytest.mark.parametrize("subject", ["urn:uuid:nobody", "http://elsewhere.example/fhir/Patient/1"])
async def test_an_entry_that_names_its_person_by_what_leads_nowhere_is_not_filed_with_nobody(
    area: LoadableArea, subject: str
) -> None:
    """Hazard: an entry of somebody's record that no reader of that record sees."""
    outcome = await area.load([bundle_entry(observation(None, subject), full_url="urn:uuid:1")])
    assert [each.error for each in outcome.rejections] == ["subject-unknown"]
    assert await area.stored() == {}


async def test_an_entry_that_comes_before_its_patient_waits_for_them_and_is_reported(area: LoadableArea) -> None:
    outcome = await area.load([resource_entry(observation("o", "Patient/late"))])
    assert (outcome.tally.accepted, outcome.missing) == (1, {"Patient/late"})
    arrived = await area.load([resource_entry(patient("late"))])
    assert (arrived.tally.accepted, arrived.tally.folded) == (1, 0)
    loader = await area.loader()
    assert await loader.still_missing(["Patient/late"]) == []
    assert await area.value("SELECT count(DISTINCT person_id) FROM resource") == 1


async def test_a_patient_whose_number_is_known_joins_the_person_and_is_counted_as_folded(area: LoadableArea) -> None:
    number = synthetic(1).value
    first = await area.load([resource_entry(patient("a", nhs_number=number))], source="RRE")
    second = await area.load([resource_entry(patient("b", nhs_number=number))], source="A81001")
    again = await area.load([resource_entry(patient("b", nhs_number=number))], source="A81001")
    assert [each.tally.folded for each in (first, second, again)] == [0, 1, 0]
    assert await area.value("SELECT count(*) FROM person") == 1


async def test_a_patient_whose_number_is_in_doubt_is_kept_apart_and_counted(area: LoadableArea) -> None:
    """Hazard: one person's entries under another's name; entries lost that came before their Patient."""
    number, another = synthetic(1).value, {"name": [{"family": "Other"}], "birthDate": "1990-09-09"}
    await area.load([resource_entry(patient("a", nhs_number=number, name=[{"family": "Fell"}]))], source="RRE")
    await area.load([resource_entry(observation("o", "Patient/late"))], source="A81001")
    mistyped = await area.load([resource_entry(patient("b", nhs_number=number, **another))], source="FA123")
    late = await area.load([resource_entry(patient("late", nhs_number=number))], source="A81001")
    assert [(each.tally.accepted, each.tally.apart, each.rejections) for each in (mistyped, late)] == [(1, 1, [])] * 2
    again = await area.load([resource_entry(patient("c", nhs_number=number, **another))], source="RRE")
    assert [each.error for each in again.rejections] == ["person-contradicts"]
    assert await area.value("SELECT count(*) FROM person") == 3


async def test_a_patient_who_is_two_people_is_quarantined_with_their_entries_and_nobody_else(
    area: LoadableArea,
) -> None:
    """Hazard: one person's entries under another's name. Software never decides that two people are one."""
    one, two = synthetic(1).value, synthetic(2).value
    await area.load([resource_entry(patient("one", nhs_number=one)), resource_entry(patient("two", nhs_number=two))])
    both = patient(nhs_number=one)
    both["identifier"] += patient(nhs_number=two)["identifier"]
    outcome = await area.load(
        [
            bundle_entry(patient(), full_url="urn:uuid:other"),
            bundle_entry(both, full_url=_ALICE, place="entry[1]"),
            bundle_entry(observation(None, _ALICE), full_url="urn:uuid:o1", place="entry[2]"),
            bundle_entry(observation(None, "urn:uuid:other"), full_url="urn:uuid:o2"),
        ]
    )
    assert [(each.origin.place, each.error) for each in outcome.rejections] == [
        ("entry[1]", "person-conflict"),
        ("entry[2]", "subject-unknown"),
    ]
    assert outcome.tally.accepted == 2


async def test_an_entry_that_points_into_another_persons_record_is_found_among_many(area: LoadableArea) -> None:
    """Hazard: an entry whose parts are about two people."""
    await area.load([resource_entry(patient("other")), resource_entry(observation("theirs", "Patient/other"))])
    lines = [resource_entry(patient("p")), *(resource_entry(observation(f"o{n}", "Patient/p")) for n in range(40))]
    wrong = observation("wrong", "Patient/p", derivedFrom=[{"reference": "Observation/theirs"}])
    lines.insert(17, resource_entry(wrong, place="line 18"))
    outcome = await area.load(lines)
    assert [(each.origin.place, each.error) for each in outcome.rejections] == [("line 18", "reference-other-person")]
    assert outcome.tally.accepted == 41


async def test_a_probe_writes_nothing_and_says_what_would_be_refused(area: LoadableArea) -> None:
    from lhcr.ingest.prepared import prepare

    prepared, _ = prepare([resource_entry(patient("p"))])
    assert await area.attempts().probe(prepared) is None
    assert await area.stored() == {}
    assert await area.value("SELECT count(*) FROM person") == 0
    assert await area.value("SELECT count(*) FROM audit_entry") == 0


async def test_an_unresolved_conditional_reference_puts_a_unit_off_and_is_kept_at_last(area: LoadableArea) -> None:
    performer = {"reference": "Practitioner?identifier=urn:staff|1"}
    entries = [resource_entry(patient("p")), resource_entry(observation("o", "Patient/p", performer=[performer]))]
    with pytest.raises(Deferred):
        await area.load(entries, defer=True)
    assert await area.stored() == {}
    outcome = await area.load(entries)
    assert (outcome.tally.accepted, outcome.missing) == (2, {"Practitioner?identifier=urn:staff|1"})


async def test_a_conditional_reference_is_followed_once_its_target_is_in(area: LoadableArea) -> None:
    performer = {"reference": "Practitioner?identifier=urn:staff|1"}
    entries = [resource_entry(patient("p")), resource_entry(observation("o", "Patient/p", performer=[performer]))]
    await area.load(entries)
    identifier = [{"system": "urn:staff", "value": "1"}]
    await area.load([resource_entry({"resourceType": "Practitioner", "id": "d", "identifier": identifier})])
    outcome = await area.load(entries, defer=True)
    assert (outcome.tally.accepted, outcome.tally.unchanged, outcome.missing) == (1, 1, set())
    (seen,) = await area.bodies("Observation")
    assert seen["performer"][0]["reference"] == "Practitioner/d"


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "GET"])
async def test_what_is_no_resource_to_record_is_quarantined_with_its_reason(area: LoadableArea, method: str) -> None:
    outcome = await area.load([bundle_entry(patient("p"), method=method, url="Patient/p")])
    assert [each.error for each in outcome.rejections] == ["not-loaded"]
    assert await area.stored() == {}


async def test_an_update_whose_url_names_another_resource_is_quarantined(area: LoadableArea) -> None:
    outcome = await area.load([bundle_entry(patient("p"), method="PUT", url="Patient/q")])
    assert [each.error for each in outcome.rejections] == ["id-differs"]


async def test_an_entry_whose_person_a_search_does_not_find_is_not_filed_with_nobody(area: LoadableArea) -> None:
    """Hazard: an entry of somebody's record that no reader of that record sees."""
    known = patient("p")
    known["identifier"] = [{"system": "urn:hospital", "value": "7"}]
    performer = [{"reference": "Practitioner?identifier=urn:staff|1"}]
    entries = [
        resource_entry(known),
        resource_entry(observation("found", "Patient?identifier=urn:hospital|7", performer=performer)),
        resource_entry(observation("lost", "Patient?identifier=urn:hospital|8"), place="line 3"),
    ]
    await area.load([resource_entry(known)])
    outcome = await area.load(entries)
    assert [(each.origin.place, each.error) for each in outcome.rejections] == [("line 3", "subject-unknown")]
    (seen,) = await area.bodies("Observation")
    assert seen["subject"]["reference"] == "Patient/p"
    assert outcome.missing == {"Practitioner?identifier=urn:staff|1"}
