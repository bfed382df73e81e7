"""References: what they name, whose record an entry comes to by them, and what of them is refused."""

from dataclasses import replace

import pytest
from tests.record.area import BASE, GP, Area, clinician_at, delete, post, put, refusal, sent, system_of
from tests.record.made import (
    HOSPITAL_NUMBER,
    allergy,
    encounter,
    identifier,
    labelled,
    medication,
    number,
    observation,
    patient,
    prescription,
)

from lhcr.fhir.json_document import read_json
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.written import Written

UNKNOWN = (422, "subject-unknown")


def body(written: Written) -> JsonObject:
    return read_json(written.body or b"")


async def homes(area: Area) -> set[tuple[int, str]]:
    return {(row["person_id"], row["id"]) for row in await area.rows("SELECT person_id, id FROM resource")}


@pytest.mark.parametrize("scheme", ["urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "urn:oid:1.2.3.4"])
async def test_names_of_entries_are_resolved_wherever_they_stand(area: Area, scheme: str) -> None:
    entry = observation(
        scheme,
        contained=[
            {"resourceType": "Specimen", "id": "s", "subject": {"reference": scheme}},
        ],
        specimen={"reference": "#s"},
        extension=[{"url": "http://x.test/e", "valueReference": {"reference": scheme, "display": "Ada"}}],
        note=[
            {
                "text": scheme,
                "authorReference": {"reference": scheme},
            }
        ],
    )
    ours, theirs = await area.hospital.transaction(post(entry), post(patient(number(1)), full_url=scheme))
    resolved = f"Patient/{theirs.draft.id}"
    told = body(ours)
    assert told["subject"]["reference"] == resolved
    assert told["contained"][0]["subject"]["reference"] == resolved
    assert told["extension"][0]["valueReference"] == {"reference": resolved, "display": "Ada"}
    assert told["note"][0] == {"text": scheme, "authorReference": {"reference": resolved}}
    assert told["specimen"] == {"reference": "#s"}
    assert ours.draft.person_id == theirs.draft.person_id
    assert (await area.hospital.read(f"Observation/{ours.draft.id}")).body == ours.body


async def test_names_of_entries_are_resolved_where_addresses_stand(area: Area) -> None:
    """FHIR R4 http 3.1.0.11.2. Hazard: partial record. A document that cannot be found is a document that is not there."""
    binary: JsonObject = {"resourceType": "Binary", "contentType": "text/plain", "data": "YQ=="}
    document: JsonObject = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": "urn:uuid:p"},
        "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:b"},
        "content": [{"attachment": {"url": "urn:uuid:b"}}, {"attachment": {"url": "urn:uuid:elsewhere"}}],
        "extension": [
            {"url": "urn:oid:1.2.3", "valueUri": "urn:uuid:b"},
            {"url": "urn:uuid:b", "valueUrl": "urn:uuid:p"},
        ],
    }
    person, stored, written = await area.hospital.transaction(
        post(patient(number(1)), full_url="urn:uuid:p"), post(binary, full_url="urn:uuid:b"), post(document)
    )
    told, address = body(written), f"Binary/{stored.draft.id}"
    assert [each["attachment"]["url"] for each in told["content"]] == [address, "urn:uuid:elsewhere"]
    assert told["extension"] == [
        {"url": "urn:oid:1.2.3", "valueUri": address},
        {"url": "urn:uuid:b", "valueUrl": f"Patient/{person.draft.id}"},
    ]
    assert told["masterIdentifier"]["value"] == "urn:uuid:b"


@pytest.mark.parametrize("kind", ["single", "transaction", "load"])
async def test_a_reference_by_the_areas_own_address_is_stored_as_a_relative_one(area: Area, kind: str) -> None:
    """Hazard: partial record. However it was written, the encounter leads to what was observed in it."""
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(encounter("Patient/p", id="e"))
    entry = observation(
        f"{BASE}/Patient/p",
        id="o",
        encounter={"reference": f"{BASE}/Encounter/e"},
        hasMember=[{"reference": f"{BASE}/Observation/x/_history/2"}],
        derivedFrom=[{"reference": f"{BASE}/Nonsense/x"}, {"reference": f"{BASE}-test/Observation/x"}],
    )
    if kind == "single":
        written = await area.hospital.update(entry)
    else:
        (written,) = await (
            area.hospital.transaction(put(entry)) if kind == "transaction" else area.hospital.load(sent(entry))
        )
    told = body(written)
    assert (told["subject"], told["encounter"]) == ({"reference": "Patient/p"}, {"reference": "Encounter/e"})
    assert told["hasMember"] == [{"reference": "Observation/x/_history/2"}]
    assert told["derivedFrom"] == entry["derivedFrom"]
    rows = await area.rows("SELECT target_id FROM search_reference WHERE target_id IN ('e', 'x')")
    assert {row["target_id"] for row in rows} >= {"e", "x"}


async def test_a_name_that_no_entry_has_is_refused_with_the_place_where_it_stands(area: Area) -> None:
    entry = observation("urn:uuid:absent")
    wrong = replace(post(entry, full_url="urn:uuid:o"), place="Bundle.entry[1].resource")
    with pytest.raises(Incorrect) as caught:
        await area.hospital.transaction(post(patient(number(1)), full_url="urn:uuid:p"), wrong)
    (issue,) = caught.value.issues
    assert (caught.value.status, issue.error) == (400, "reference-unresolved")
    assert issue.expression == "Bundle.entry[1].resource.subject"
    assert "absent" not in issue.diagnostics
    assert await homes(area) == set()
    assert await refusal(area.hospital.create(entry)) == (400, "reference-unresolved")


async def test_a_relative_reference_means_an_entry_of_the_same_server_before_anything_of_ours(area: Area) -> None:
    """Hazard: wrong person. `Patient/1` in another server's bundle is that server's patient."""
    await area.hospital.update(patient(number(1), id="1"))
    theirs = "http://theirs.test/fhir"
    new, entry = await area.hospital.transaction(
        post(patient(number(2)), full_url=f"{theirs}/Patient/1"),
        post(observation("Patient/1"), full_url=f"{theirs}/Observation/9"),
    )
    assert body(entry)["subject"]["reference"] == f"Patient/{new.draft.id}"
    assert entry.draft.person_id == new.draft.person_id != await area.person_of("Patient/1")


async def test_an_entry_is_also_meant_by_its_type_and_id_and_by_its_address_here(area: Area) -> None:
    written = await area.hospital.transaction(
        post(observation(f"{BASE}/Patient/p")),
        post(observation("Patient/p/_history/1")),
        put(patient(number(1), id="p"), full_url="urn:uuid:p"),
        post(observation("Patient/p")),
    )
    assert len({each.draft.person_id for each in written}) == 1


async def test_a_reference_that_leads_nowhere_is_stored_as_it_came(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    entry = observation(
        "Patient/p",
        encounter={"reference": "Encounter/nobody-sent-it"},
        performer=[{"reference": "https://elsewhere.test/fhir/Practitioner/1"}, {"display": "Somebody"}],
    )
    written = await area.hospital.create(dict(entry))
    assert {name: body(written)[name] for name in ("encounter", "performer")} == {
        name: entry[name] for name in ("encounter", "performer")
    }


@pytest.mark.parametrize(
    "subject",
    ["Patient/nobody", f"{BASE}/Patient/nobody", "https://elsewhere.test/fhir/Patient/1"],
)
async def test_an_entry_about_somebody_who_is_not_here_is_refused(area: Area, subject: str) -> None:
    assert await refusal(area.hospital.create(observation(subject))) == UNKNOWN
    assert await refusal(area.hospital.transaction(post(observation(subject)), post(medication()))) == UNKNOWN
    assert await homes(area) == set()


async def test_what_is_no_patient_is_never_taken_for_one(area: Area) -> None:
    """Hazard: an entry about a person that is filed among organisations, which everybody may read."""
    pretended: JsonObject = {"reference": "urn:uuid:us", "type": "Patient"}
    entries = [
        post({"resourceType": "Organization", "name": "Us"}, full_url="urn:uuid:us"),
        post(observation(pretended)),
    ]
    assert await refusal(area.hospital.transaction(*entries)) == UNKNOWN
    assert await area.value("SELECT count(*) FROM directory_resource") == 0


async def test_an_entry_about_a_patient_whom_the_same_transaction_deletes_in_vain_is_refused(area: Area) -> None:
    entries = [delete("Patient/nobody"), post(observation("Patient/nobody"))]
    assert await refusal(area.hospital.transaction(*entries)) == UNKNOWN


async def test_a_clinical_reference_into_another_persons_record_is_refused(area: Area) -> None:
    for index in (1, 2):
        await area.hospital.update(patient(number(index), id=f"p{index}"))
        await area.hospital.update(encounter(f"Patient/p{index}", id=f"e{index}"))
    entry = observation("Patient/p1", encounter={"reference": "Encounter/e2"})
    other = (422, "reference-other-person")
    assert await refusal(area.hospital.create(dict(entry))) == other
    assert await refusal(area.hospital.transaction(post(dict(entry)))) == other
    new = [
        post(encounter("Patient/p2"), full_url="urn:uuid:e"),
        post(observation("Patient/p1", encounter={"reference": "urn:uuid:e"})),
    ]
    assert await refusal(area.hospital.transaction(*new)) == other
    assert (await area.hospital.create(entry | {"encounter": {"reference": "Encounter/e1"}})).created


async def test_a_clinical_reference_to_what_its_writer_may_not_see_leads_nowhere(area: Area) -> None:
    """Hazard: a sensitive item exposed. A refusal would tell that the id is there, and whose it is not."""
    await area.pharmacy.update(patient(number(2), id="p2"))
    await area.pharmacy.update(encounter("Patient/p2", id="theirs"))
    await area.pharmacy.update(labelled(encounter("Patient/p2", id="hidden"), "V"))
    await area.surgery.update(patient(number(1), id="p1"))
    await area.surgery.update(patient(number(2), id="known-to-both"))
    for asker, own_id in (
        (area.surgery, "theirs"),
        (area.surgery, "hidden"),
        (area.surgery, "nobody-sent-it"),
        (area.gp, "hidden"),
    ):
        entry = observation("Patient/p1", encounter={"reference": f"Encounter/{own_id}"})
        written = await asker.create(dict(entry))
        assert body(written)["encounter"] == entry["encounter"]
        assert written.draft.members == ()
    seen = observation("Patient/p1", encounter={"reference": "Encounter/theirs"})
    assert await refusal(area.gp.create(seen)) == (422, "reference-other-person")


async def test_a_feeds_reference_by_an_id_that_another_source_holds_is_kept(area: Area) -> None:
    """Hazard: an entry lost. Both sources count their encounters from 1."""
    await area.pharmacy.load(sent(patient(number(2), id="p2")), sent(encounter("Patient/p2", id="1")))
    entries = sent(patient(number(1), id="p1")), sent(observation("Patient/p1", encounter={"reference": "Encounter/1"}))
    _, written = await area.hospital.load(*entries)
    assert body(written)["encounter"] == {"reference": "Encounter/1"}


async def test_an_update_never_moves_an_entry_to_another_person(area: Area) -> None:
    for index in (1, 2):
        await area.hospital.update(patient(number(index), id=f"p{index}"))
    await area.hospital.update(observation("Patient/p1", id="chosen"))
    assigned = (await area.hospital.create(observation("Patient/p1"))).draft.id
    for own_id in ("chosen", assigned):
        moved = observation("Patient/p2", id=own_id)
        assert await refusal(area.hospital.update(moved)) == (422, "subject-changed")
        patched = [{"op": "replace", "path": "/subject/reference", "value": "Patient/p2"}]
        assert await refusal(area.hospital.patch(f"Observation/{own_id}", patched)) == (422, "subject-changed")
        assert (await area.hospital.read(f"Observation/{own_id}")).version == 1


async def test_a_resource_that_names_another_person_is_read_whole_by_whoever_may_see_both(area: Area) -> None:
    surgery, other = area.surgery, area.asks(clinician_at("B82002"))
    for index in (1, 2):
        await surgery.update(patient(number(index), id=f"p{index}"))
    await area.asks(system_of("B82002")).update(patient(number(1), id="seen-by-both"))
    shared = observation("Patient/p1", id="shared", focus=[{"reference": "Patient/p2"}])
    written = await surgery.update(shared)
    second = await area.person_of("Patient/p2")
    assert written.draft.members == (second,)
    assert await area.value("SELECT members FROM resource WHERE id = 'shared'") == [second]
    members = await area.rows("SELECT person_id, home_person_id FROM resource_member")
    assert members == [{"person_id": second, "home_person_id": written.draft.person_id}]
    assert (await surgery.read("Observation/shared")).body == written.body
    for reader in (area.asks(GP), other):
        # Either may open the first person's record; a permit for that person is none for the second (test_masking).
        assert b"Patient/p2" not in ((await reader.read("Observation/shared")).body or b"Patient/p2")


async def test_a_deleted_resource_that_named_another_person_is_gone_for_whoever_read_it(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="p1"))
    await area.surgery.update(patient(number(2), id="p2"))
    await area.surgery.update(observation("Patient/p1", id="shared", focus=[{"reference": "Patient/p2"}]))
    await area.surgery.delete("Observation/shared")
    assert await area.value("SELECT count(*) FROM resource_member") == 0
    assert await refusal(area.surgery.read("Observation/shared")) == (410, "deleted")
    assert await refusal(area.gp.read("Observation/shared")) == (410, "deleted")
    versions = (await area.gp.history("Observation/shared")).versions
    assert [each.version for each in versions] == [2, 1]
    assert b"Patient/p2" not in (versions[1].body or b"Patient/p2")


async def test_members_follow_what_the_newest_version_names(area: Area) -> None:
    for index in (1, 2, 3):
        await area.hospital.update(patient(number(index), id=f"p{index}"))
    for focus in ([2], [2, 3], [3], []):
        named = [{"reference": f"Patient/p{index}"} for index in focus]
        entry = observation("Patient/p1", id="o", **({"focus": named} if named else {}))
        await area.hospital.update(entry)
        persons = {await area.person_of(f"Patient/p{index}") for index in focus}
        assert {row["person_id"] for row in await area.rows("SELECT person_id FROM resource_member")} == persons
        assert set(await area.value("SELECT members FROM resource WHERE id = 'o'") or ()) == persons


async def test_a_person_who_is_named_by_number_alone_is_a_member_too(area: Area) -> None:
    for index in (1, 2):
        await area.hospital.update(patient(number(index), id=f"p{index}"))
    focus = [{"type": "Patient", "identifier": identifier(number(2))}]
    written = await area.hospital.create(observation("Patient/p1", focus=focus))
    assert written.draft.members == (await area.person_of("Patient/p2"),)


async def test_what_follows_another_entry_is_at_home_with_it(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(observation("Patient/p", id="o"))
    agent = [{"who": {"display": "Somebody"}}]
    provenance = {"resourceType": "Provenance", "recorded": "2024-01-01T00:00:00Z", "agent": agent}
    single = await area.hospital.create(provenance | {"target": [{"reference": "Observation/o"}]})
    _, together = await area.hospital.transaction(
        post(observation("Patient/p"), full_url="urn:uuid:o"),
        post(provenance | {"target": [{"reference": "urn:uuid:o"}]}),
    )
    person = await area.person_of("Patient/p")
    assert single.draft.person_id == together.draft.person_id == person


async def test_nobody_writes_into_a_record_that_they_may_not_open_by_way_of_another_entry(area: Area) -> None:
    """Hazard: an entry that follows another would tie its author's organisation to the person, and so open the record."""
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(observation("Patient/p", id="o"))
    response = {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": {"title": "x"}}]}
    provenance = {
        "resourceType": "Provenance",
        "recorded": "2024-01-01T00:00:00Z",
        "agent": [{"who": {"display": "Somebody"}}],
        "target": [{"reference": "Observation/o"}],
    }
    stranger = area.asks(clinician_at("B82002"))
    by_number = response | {"subject": {"identifier": identifier(number(1))}}
    assert (await refusal(stranger.create(by_number)))[0] == 403
    for entry in (provenance, response | {"subject": {"reference": "Observation/o"}}):
        assert ((await stranger.create(dict(entry))).draft.person_id or 0) < 0
    assert await area.value("SELECT count(*) FROM fact_relationship WHERE party = 'B82002'") == 0
    assert len((await area.hospital.everything("Patient/p")).found) == 2
    assert (await area.doctor.create(provenance)).draft.person_id == await area.person_of("Patient/p")


async def test_nobody_joins_a_patient_to_a_record_that_they_may_not_open(area: Area) -> None:
    """Hazard: the contribution would open the record to whoever can type a number."""
    await area.hospital.update(patient(number(1), id="p"))
    stranger = area.asks(clinician_at("B82002"))
    assert (await refusal(stranger.create(patient(number(1)))))[0] == 403
    assert (await stranger.create(patient(number(2)))).created
    assert (await area.doctor.create(patient(number(1)))).draft.person_id == await area.person_of("Patient/p")


# Named by number alone.


async def test_an_entry_that_names_its_person_by_nhs_number_alone_comes_to_that_persons_record(area: Area) -> None:
    """Hazard: partial record. An allergy outside the record is an allergy that nobody sees."""
    await area.hospital.update(patient(number(1), id="p"))
    spaced = f"{number(1)[:3]} {number(1)[3:6]} {number(1)[6:]}"
    for value in (number(1), spaced):
        entry: JsonObject = allergy("") | {"patient": {"identifier": identifier(value)}}
        for written in (await area.hospital.create(dict(entry)), (await area.hospital.transaction(post(entry)))[0]):
            assert written.draft.person_id == await area.person_of("Patient/p")
            assert body(written)["patient"] == entry["patient"]
    found = (await area.hospital.everything("Patient/p")).found
    assert [each.type for each in found].count("AllergyIntolerance") == 4


async def test_a_number_finds_a_patient_of_the_same_transaction(area: Area) -> None:
    new, entry = await area.hospital.transaction(
        post(patient(number(1))), post(observation({"identifier": identifier(number(1))}))
    )
    assert new.draft.person_id == entry.draft.person_id


async def test_a_contained_patient_is_found_by_its_number(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    written = await area.hospital.create(observation("#them", contained=[patient(number(1), id="them")]))
    assert written.draft.person_id == await area.person_of("Patient/p")


async def test_a_sources_own_number_finds_its_own_person_alone(area: Area) -> None:
    await area.hospital.update(patient(identifier("7", system=HOSPITAL_NUMBER), id="ours"))
    await area.pharmacy.update(patient(identifier("7", system=HOSPITAL_NUMBER), id="theirs"))
    entry: JsonObject = allergy("") | {"patient": {"identifier": identifier("7", system=HOSPITAL_NUMBER)}}
    ours = await area.hospital.create(dict(entry))
    theirs = await area.pharmacy.create(dict(entry))
    assert ours.draft.person_id == await area.person_of("Patient/ours")
    assert theirs.draft.person_id == await area.person_of("Patient/theirs")
    assert ours.draft.person_id != theirs.draft.person_id


async def test_a_number_that_nobody_here_has_is_refused(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    for named in (
        {"identifier": identifier(number(2))},
        {"identifier": identifier("h9", system=HOSPITAL_NUMBER), "type": "Patient"},
    ):
        assert await refusal(area.hospital.create(observation(named))) == UNKNOWN
    entry: JsonObject = allergy("") | {"patient": {"identifier": identifier("h9", system=HOSPITAL_NUMBER)}}
    assert await refusal(area.hospital.create(entry)) == UNKNOWN
    wrong: JsonObject = {"identifier": identifier("9990000000")}
    assert await refusal(area.hospital.create(observation(wrong))) == (422, "nhs-number-invalid")


async def test_a_number_that_may_be_a_devices_names_nobody_unless_it_is_known(area: Area) -> None:
    named = {"identifier": identifier("serial-1", system="http://devices.test")}
    written = await area.hospital.create(observation(named))
    assert (written.draft.person_id or 0) < 0


async def test_a_reference_and_a_number_that_lead_to_two_persons_are_refused(area: Area) -> None:
    """Hazard: wrong person."""
    for index in (1, 2):
        await area.hospital.update(patient(number(index), id=f"p{index}"))
    named: JsonObject = {"reference": "Patient/p1", "identifier": identifier(number(2))}
    assert await refusal(area.hospital.create(observation(named))) == (422, "subject-contradicts")
    agreed: JsonObject = {"reference": "Patient/p1", "identifier": identifier(number(1))}
    assert (await area.hospital.create(observation(agreed))).draft.members == ()


@pytest.mark.parametrize(
    "named",
    [
        {"identifier": {"system": NHS_NUMBER, "value": "9999999999"}},
        {"identifier": {"system": NHS_NUMBER, "value": number(1), "use": "old"}},
        {"identifier": {"value": number(1)}},
        {"display": "Ada Fell"},
    ],
)
async def test_what_identifies_nobody_names_nobody(area: Area, named: JsonObject) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    assert ((await area.hospital.create(observation(named))).draft.person_id or 0) < 0


# The shelf.


async def test_what_names_nobody_is_read_by_its_source_and_by_way_of_what_refers_to_it(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(medication(id="drug"))
    assigned = (await area.hospital.create(medication())).draft.id
    await area.hospital.update(prescription("Patient/p", "Medication/drug", id="r1"))
    await area.hospital.update(prescription("Patient/p", f"Medication/{assigned}", id="r2"))
    await area.surgery.update(patient(number(1), id="same-person"))
    for own_id in ("drug", assigned):
        assert (await area.hospital.read(f"Medication/{own_id}")).version == 1
        assert await refusal(area.pharmacy.read(f"Medication/{own_id}")) == (404, "not-found")
    through = {each.id for each in (await area.gp.everything("Patient/same-person")).found if each.type == "Medication"}
    assert through == {"drug", assigned}
