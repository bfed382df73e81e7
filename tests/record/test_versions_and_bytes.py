"""What is read is, byte for byte, what was sent with the server's id, version, time and contributor in it."""

import pytest
from tests.record.area import Area, post, refusal
from tests.record.made import medication, number, observation, organisation, patient

from lhcr.fhir.contributor import contribute
from lhcr.fhir.json_document import read_json
from lhcr.fhir.stored_body import instant, with_meta
from lhcr.kernel.errors import Incorrect, NotFound
from lhcr.kernel.json_types import JsonObject

SENT = b"""{"status":"final","_status":{"id":"s","extension":[{"url":"http://x.test/why","valueDecimal":1.10}]},
"meta":{"versionId":"77","lastUpdated":"1999-01-01T00:00:00Z","source":"urn:x","tag":[{"code":"a","system":"http://x.test"}]},
"resourceType":"Observation","valueQuantity":{"value":0.00000010,"unit":"mg","code":"mg"},
"component":[{"valueQuantity":{"value":1e2},"code":{"text":"\\u00e9\\ud83d\\ude00 a\\"quote\\" and \\\\"}}],
"effectiveDateTime":"2024-02-29T10:00:00.5+01:00","_effectiveDateTime":{"extension":[{"url":"http://x.test/e","valueBoolean":true}]},
"code":{"coding":[{"code":"8867-4","system":"http://loinc.org"}],"text":"{\\"lastUpdated\\":\\"here\\"}"},"note":[{"text":"a\\nb"}]}"""


async def test_a_read_gives_exactly_what_was_sent_with_id_and_meta(area: Area) -> None:
    about = (await area.hospital.create(patient(number(1)))).draft
    resource = read_json(SENT) | {"subject": {"reference": f"Patient/{about.id}"}}
    written = await area.hospital.create(resource)
    stored = await area.hospital.read(f"Observation/{written.draft.id}")
    sent = read_json(SENT) | {"subject": {"reference": f"Patient/{about.id}"}}
    contribute(sent, by="urn:lhcr:source:RRE")
    expected = with_meta(sent, id=written.draft.id or "", version=1, last_updated=written.at)
    assert stored.body == written.body == expected
    for text in (
        b'"value":0.00000010',
        b'"value":1e2',
        b'"valueDecimal":1.10',
        b'"versionId":"1"',
        b'"source":"urn:lhcr:source:RRE"',
        b'"valueUri":"urn:x"',
    ):
        assert text in (stored.body or b"")


async def test_last_updated_is_the_databases_time_in_row_and_body_alike(area: Area) -> None:
    before = await area.value("SELECT clock_timestamp()")
    person = (await area.hospital.create(patient(number(1)))).draft
    written = await area.hospital.create(observation(f"Patient/{person.id}"))
    shelf = await area.hospital.create(medication())
    directory = await area.hospital.create(organisation("RRE"))
    after = await area.value("SELECT clock_timestamp()")
    rows = await area.rows(
        "SELECT id, last_updated, body FROM resource UNION ALL SELECT id, last_updated, body FROM directory_resource"
    )
    assert len(rows) == 4
    for row in rows:
        assert before < row["last_updated"] < after
        assert read_json(row["body"])["meta"]["lastUpdated"] == instant(row["last_updated"])
    told = {each.draft.id: each.at for each in (written, shelf, directory)}
    assert all(told.get(row["id"], row["last_updated"]) == row["last_updated"] for row in rows)


async def test_a_large_batch_is_written_as_of_one_instant_in_rows_bodies_and_answers(area: Area) -> None:
    """Hazard: a poller misses what says another time than its row; who else is named is part of the row."""
    mother = (await area.hospital.create(patient(number(1)))).draft
    await area.hospital.update(patient(number(2), id="child"))
    named = observation(f"Patient/{mother.id}", focus=[{"reference": "Patient/child"}])
    entries = [post(each) for _ in range(60) for each in (dict(named), medication(), organisation("RRE"))]
    written = await area.hospital.transaction(*entries)
    rows = await area.rows(
        "SELECT id, last_updated, body, members FROM resource UNION ALL "
        "SELECT id, last_updated, body, members FROM directory_resource"
    )
    stored = {row["id"]: row for row in rows}
    assert len({each.at for each in written}) == 1
    for each in written:
        row = stored[each.draft.id]
        assert (row["last_updated"], row["body"]) == (each.at, each.body)
        assert read_json(row["body"])["meta"]["lastUpdated"] == instant(each.at)
        assert (row["members"] is not None) == (each.draft.type == "Observation")


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Observation", "status": "final", "code": {"text": "1"}},
        {"resourceType": "Medication", "code": {"text": "1"}},
        {"resourceType": "Organization", "name": "1"},
        {"resourceType": "Patient", "gender": "other"},
    ],
    ids=lambda resource: resource["resourceType"],
)
async def test_versions_count_up_and_every_one_can_be_read_again(area: Area, resource: JsonObject) -> None:
    if resource["resourceType"] == "Observation":
        person = (await area.hospital.create(patient(number(1)))).draft
        resource = resource | {"subject": {"reference": f"Patient/{person.id}"}}
    first = await area.hospital.create(resource)
    reference = f"{first.draft.type}/{first.draft.id}"
    bodies = [first.body]
    for turn in range(2, 5):
        written = await area.hospital.update(resource | {"id": first.draft.id, "language": f"en-{turn}"})
        assert (written.draft.version, written.created) == (turn, False)
        bodies.append(written.body)
    for version, body in enumerate(bodies, start=1):
        stored = await area.hospital.vread(reference, version)
        assert (stored.version, stored.body) == (version, body)
        assert f'"versionId":"{version}"'.encode() in (body or b"")
    assert (await area.hospital.read(reference)).body == bodies[-1]
    for absent in (0, 5):
        assert (await _error(area, reference, absent)).status == 404


@pytest.mark.parametrize("kind", ["Observation", "Medication", "Organization", "Patient"])
async def test_a_deleted_resource_is_gone_keeps_its_history_and_can_be_revived(area: Area, kind: str) -> None:
    person = await area.hospital.update(patient(number(1), id="somebody"))
    made: dict[str, JsonObject] = {
        "Observation": observation("Patient/somebody", id="one"),
        "Medication": medication(id="one"),
        "Organization": organisation("RRE", id="one"),
        "Patient": patient(number(2), id="one"),
    }
    assert person.created
    resource, reference = made[kind], f"{kind}/one"
    first = await area.hospital.update(resource)
    deleted = await area.hospital.delete(reference)
    assert (first.created, deleted.draft.version, deleted.body) == (True, 2, None)
    assert (await _error(area, reference)).status == 410
    assert (await _error(area, reference, 2)).status == 410
    assert (await area.hospital.vread(reference, 1)).body == first.body
    again = await area.hospital.delete(reference)
    assert again.draft.is_nothing
    revived = await area.hospital.update(resource)
    assert (revived.created, revived.draft.version) == (True, 3)
    assert (await area.hospital.read(reference)).body == revived.body
    history = await area.hospital.history(reference)
    assert [(each.version, each.body) for each in history.versions] == [
        (3, revived.body),
        (2, None),
        (1, first.body),
    ]


async def test_to_delete_what_nobody_has_changes_nothing_and_is_no_error(area: Area) -> None:
    written = await area.hospital.delete("Observation/nobody-has-it")
    assert written.draft.is_nothing
    assert await area.value("SELECT count(*) FROM resource") == 0


async def test_an_update_under_a_new_id_creates(area: Area) -> None:
    written = await area.hospital.update(patient(number(1), id="chosen-by-us"))
    assert (written.created, written.draft.version, written.draft.id) == (True, 1, "chosen-by-us")
    assert (await area.hospital.read("Patient/chosen-by-us")).body == written.body


@pytest.mark.parametrize("kind", ["Observation", "Organization", "Patient"])
async def test_if_match_lets_only_the_expected_version_be_replaced(area: Area, kind: str) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))
    made: dict[str, JsonObject] = {
        "Observation": observation("Patient/somebody", id="one"),
        "Organization": organisation("RRE", id="one"),
        "Patient": patient(number(2), id="one"),
    }
    resource, reference = made[kind], f"{kind}/one"
    for stale in (1, 7):
        assert (await refusal(area.hospital.update(resource, if_match=stale))) == (412, "version-conflict")
    await area.hospital.update(resource)
    await area.hospital.update(resource, if_match=1)
    for stale in (1, 3):
        assert (await refusal(area.hospital.update(resource, if_match=stale))) == (412, "version-conflict")
        assert (await refusal(area.hospital.delete(reference, if_match=stale))) == (412, "version-conflict")
        assert (await refusal(area.hospital.patch(reference, [], if_match=stale))) == (412, "version-conflict")
    assert (await area.hospital.read(reference)).version == 2


async def test_a_patch_changes_what_stands(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))
    await area.hospital.update(observation("Patient/somebody", id="one"))
    written = await area.hospital.patch(
        "Observation/one", [{"op": "replace", "path": "/status", "value": "amended"}], if_match=1
    )
    assert written.draft.version == 2
    stored = await area.hospital.read("Observation/one")
    assert stored.body == written.body
    assert read_json(stored.body or b"")["status"] == "amended"


async def test_a_patch_that_leaves_an_invalid_resource_changes_nothing(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))
    await area.hospital.update(observation("Patient/somebody", id="one"))
    with pytest.raises(Incorrect):
        await area.hospital.patch("Observation/one", [{"op": "remove", "path": "/status"}])
    with pytest.raises(Incorrect):
        await area.hospital.patch("Observation/one", [{"op": "replace", "path": "/id", "value": "two"}])
    assert (await area.hospital.read("Observation/one")).version == 1


async def test_a_patch_of_nothing_is_not_found_and_of_a_deleted_resource_gone(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))
    await area.hospital.update(observation("Patient/somebody", id="one"))
    await area.hospital.delete("Observation/one")
    assert (await refusal(area.hospital.patch("Observation/one", []))) == (410, "deleted")
    assert (await refusal(area.hospital.patch("Observation/two", []))) == (404, "not-found")


async def _error(area: Area, reference: str, version: int | None = None) -> NotFound:
    with pytest.raises(NotFound) as caught:
        await area.hospital.vread(reference, version)
    return caught.value
