"""Removal under order: what is removed is nowhere, to nobody, and does not come back by itself."""

import asyncio
import base64
import hashlib

import pytest
from tests.record.area import GP, Area, citizen_with, put, refusal, sent
from tests.record.made import HOSPITAL_NUMBER, encounter, identifier, number, observation, organisation, patient
from tests.record.ordering import COURT, decided, outside_the_log, places_of, remove, selected

from lhcr.access.request import Interaction
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.ingest.rejection import Rejection
from lhcr.ingest.source_entry import Form, Origin, SourceEntry
from lhcr.kernel.errors import Conflict, Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import synthetic
from lhcr.record.removed_names import RemovedNames

CANARY = "Xqzcanary"


def told(id: str, subject: str = "Patient/p", **elements: object) -> JsonObject:
    """An Observation that says the canary wherever a value is kept: words, codes, units, identifiers, addresses, references."""
    return (
        observation(
            subject,
            id=id,
            note=[{"text": CANARY}],
            text={"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{CANARY}</div>'},
            code={"coding": [{"system": "http://loinc.org", "code": CANARY, "display": CANARY}], "text": CANARY},
            identifier=[{"system": "https://hospital.example/observations", "value": CANARY}],
            valueQuantity={"value": 1, "unit": CANARY, "code": CANARY, "system": "http://unitsofmeasure.org"},
            performer=[{"reference": "Organization/us", "display": CANARY}],
            meta={"tag": [{"system": "https://hospital.example/tags", "code": CANARY}], "source": f"urn:x:{CANARY}"},
        )
        | elements
    )


def document(id: str, *held: JsonObject, subject: str = "Patient/p") -> JsonObject:
    composition = {
        "resourceType": "Composition",
        "id": f"{id}-first",
        "status": "final",
        "type": {"text": "Letter"},
        "subject": {"reference": subject},
        "date": "2026-01-01",
        "author": [{"display": "Somebody"}],
        "title": "Letter",
    }
    entries = [
        {"fullUrl": f"http://area.test/fhir/{e['resourceType']}/{e['id']}", "resource": e} for e in (composition, *held)
    ]
    stamp = {"identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:{id}"}, "timestamp": "2026-01-01T00:00:00Z"}
    return {"resourceType": "Bundle", "id": id, "type": "document", **stamp, "entry": entries}


async def scene(area: Area) -> None:
    """Ada at the hospital and the surgery: an observation in two versions that holds the canary, and others that do not."""
    await area.hospital.load(
        sent(organisation("RRE", id="us")),
        sent(patient(number(1), id="p")),
        sent(told("o")),
        sent(observation("Patient/p", id="other", derivedFrom=[{"reference": "Observation/o"}])),
        sent(encounter("Patient/p", id="e")),
    )
    await area.surgery.update(patient(number(1), id="sp"))
    await area.hospital.load(sent(told("o", status="amended")))


async def test_hazard_what_is_removed_stands_nowhere_in_the_database(area: Area) -> None:
    """Hazard: what is thought to be gone and is not, found by whoever looks into the database, a dump or a backup of it."""
    await scene(area)
    before = outside_the_log(await places_of(area, CANARY))
    assert {
        "resource.body",
        "resource_history.body",
        "search_token.code",
        "search_quantity.unit",
        "search_uri.value",
    } <= before
    await remove(area, "Observation/o")
    assert await places_of(area, CANARY) == set()


async def test_it_is_read_as_what_was_never_here_in_every_version_search_and_list(area: Area) -> None:
    await scene(area)
    await remove(area, "Observation/o")
    for asker in (area.hospital, area.surgery, area.gp, area.asks(citizen_with(number(1)))):
        never = await refusal(asker.read("Observation/never-here"))
        assert await refusal(asker.read("Observation/o")) == never
        assert await refusal(asker.vread("Observation/o", 1)) == await refusal(asker.vread("Observation/never-here", 1))
    assert "Observation/o" not in {f"{each.type}/{each.id}" for each in (await area.gp.everything("Patient/p")).found}
    versions = (await area.hospital.history_of("Observation")).versions
    assert {each.id for each in versions} == {"other"}


async def test_hazard_the_next_load_of_its_source_does_not_bring_it_back(area: Area) -> None:
    """Hazard: what a court ordered to be removed is here again the next morning."""
    await scene(area)
    await remove(area, "Observation/o")
    assert await refusal(area.hospital.load(sent(told("o")))) == (409, "entry-removed")
    assert await refusal(area.hospital.update(told("o"))) == (409, "entry-removed")
    assert await refusal(area.hospital.transaction(put(told("o")))) == (409, "entry-removed")
    assert await places_of(area, CANARY) == set()


async def test_hazard_a_name_that_the_feed_used_beside_the_id_brings_it_back_as_little(area: Area) -> None:
    await area.hospital.load(sent(patient(number(1), id="p")), sent(_unnamed(), full_url="urn:x:1"))
    (row,) = await area.rows("SELECT id FROM loaded_id WHERE source_key = 'urn:x:1'")
    await remove(area, f"Observation/{row['id']}")
    assert await refusal(area.hospital.load(sent(_unnamed(), full_url="urn:x:1"))) == (409, "entry-removed")
    assert "urn:x:1" not in [row["source_key"] for row in await area.rows("SELECT source_key FROM loaded_id")]


def _unnamed() -> JsonObject:
    return observation("Patient/p", note=[{"text": CANARY}])


async def test_hazard_a_condition_on_its_own_identifier_brings_it_back_as_little(area: Area) -> None:
    """Hazard: a source that knows its entries by identifiers alone sends what a court had removed, and it is here again."""
    await area.hospital.load(sent(patient(number(1), id="p")), sent(_identified()))
    await remove(area, "Observation/o")
    again = {name: value for name, value in _identified().items() if name != "id"}
    assert await refusal(area.hospital.create(again, condition=BY_NUMBER)) == (409, "entry-removed")
    assert await refusal(area.hospital.update(again, condition=BY_NUMBER)) == (409, "entry-removed")
    await area.surgery.update(patient(number(1), id="sp"))
    theirs = again | {"subject": {"reference": "Patient/sp"}}
    assert (await area.surgery.create(theirs, condition=BY_NUMBER)).created


async def test_somebody_comes_back_to_a_source_from_which_their_demographics_were_removed(area: Area) -> None:
    """Hazard: a person whose care nobody can record any more."""
    await area.hospital.load(sent(patient(number(1), id="p")))
    await remove(area, "Patient/p")
    condition = f"identifier=https://fhir.nhs.uk/Id/nhs-number|{number(1)}"
    assert (await area.hospital.create(patient(number(1)), condition=condition)).created


def _identified() -> JsonObject:
    return observation(
        "Patient/p", id="o", identifier=[{"system": "https://hospital.example/observations", "value": "77"}]
    )


BY_NUMBER = "identifier=https://hospital.example/observations|77"


async def test_another_source_learns_nothing_by_the_name_of_what_was_removed(area: Area) -> None:
    """Hazard: a refusal that tells another organisation that a court had something removed."""
    await scene(area)
    await remove(area, "Observation/o")
    await area.surgery.update(patient(number(2), id="somebody-else"))
    written = await area.surgery.update(observation("Patient/somebody-else", id="o"))
    assert (written.created, written.draft.version) == (True, 1)


async def test_a_released_order_lets_its_source_send_it_again_and_brings_nothing_back_itself(area: Area) -> None:
    await scene(area)
    removed = await remove(area, "Observation/o")
    person = await area.person_of("Patient/p")
    (given,) = await area.record.orders.of(await decided(area, person))
    assert (given.order_id, given.authority, given.released) == (removed.order_id, COURT, None)
    await area.record.removal.release(await decided(area, person), given, authority="The order was set aside on appeal")
    assert (await refusal(area.hospital.read("Observation/o")))[0] == 404
    (written,) = await area.hospital.load(sent(told("o")))
    assert written.draft.version == 1
    with pytest.raises(Conflict):
        await area.record.removal.release(await decided(area, person), given, authority="The order was set aside again")


async def test_documents_of_the_same_source_that_hold_a_copy_go_with_it_and_others_are_told(area: Area) -> None:
    await scene(area)
    await area.hospital.load(
        sent(document("letter", told("o"))), sent(document("other-letter", observation("Patient/p", id="other")))
    )
    await area.surgery.update(document("surgery-letter", told("o", "Patient/sp"), subject="Patient/sp"))
    removed = await remove(area, "Observation/o")
    assert [each.reference for each in removed.reach.documents] == ["Bundle/letter"]
    assert removed.reach.holding == ("Bundle/surgery-letter",)
    assert removed.reach.referring == ("Observation/other",)
    assert (await refusal(area.hospital.read("Bundle/letter")))[0] == 404
    assert read_json((await area.hospital.read("Bundle/other-letter")).body or b"")["type"] == "document"
    assert outside_the_log(await places_of(area, CANARY)) >= {"resource.body"}
    await remove(area, "Bundle/surgery-letter")
    assert await places_of(area, CANARY) == set()


def _without_id(letter: JsonObject) -> JsonObject:
    return {name: value for name, value in letter.items() if name != "id"}


async def test_hazard_a_new_document_with_a_copy_of_it_is_not_taken_from_its_source(area: Area) -> None:
    """Posted alone, put, as a new version of a document that stands, inside another Bundle, and by an identifier under another id."""
    await scene(area)
    await area.hospital.load(sent(document("letter", observation("Patient/p", id="kept"))))
    await remove(area, "Observation/o")
    inner: JsonObject = {"resourceType": "Bundle", "id": "i", "type": "batch", "entry": [{"resource": told("o")}]}
    for held in (observation("Patient/p", id="o"), told("under-another-id"), inner):
        letter = document("new-letter", held)
        for attempt in (
            area.hospital.create(_without_id(letter)),
            area.hospital.update(letter),
            area.hospital.update(letter | {"id": "letter"}),
            area.hospital.load(sent(letter)),
        ):
            assert await refusal(attempt) == (409, "entry-removed")
    await area.hospital.create(_without_id(document("x", observation("Patient/p", id="kept"))))
    await area.surgery.update(document("theirs", told("o", "Patient/sp"), subject="Patient/sp"))


async def test_a_document_that_names_its_patient_is_taken_though_their_demographics_were_removed(area: Area) -> None:
    await scene(area)
    await remove(area, "Patient/p")
    held = patient(number(1), id="p"), observation("Patient/p", id="kept")
    await area.hospital.load(sent(document("letter", *held)))


async def test_an_attachment_on_the_shelf_goes_with_the_only_entry_that_names_it(area: Area) -> None:
    data = base64.b64encode(CANARY.encode()).decode()
    binary = {"resourceType": "Binary", "id": "scan", "contentType": "text/plain", "data": data}
    shared = binary | {"id": "shared"}

    def named(id: str, *binaries: str) -> JsonObject:
        content = [{"attachment": {"contentType": "text/plain", "url": f"Binary/{each}"}} for each in binaries]
        return {
            "resourceType": "DocumentReference",
            "id": id,
            "status": "current",
            "subject": {"reference": "Patient/p"},
            "content": content,
        }

    await area.hospital.load(
        sent(patient(number(1), id="p")),
        sent(binary),
        sent(shared),
        sent(named("d", "scan", "shared")),
        sent(named("kept", "shared")),
    )
    removed = await remove(area, "DocumentReference/d")
    assert [each.reference for each in removed.reach.attachments] == ["Binary/scan"]
    assert removed.reach.shared == ("Binary/shared",)
    assert (await refusal(area.hospital.read("Binary/scan")))[0] == 404
    assert (await area.hospital.read("Binary/shared")).version == 1


async def test_all_that_one_source_said_of_a_person_goes_and_what_others_said_stays(area: Area) -> None:
    """The wrong person: another's entries, and the number that led here, are not this person's any more."""
    await scene(area)
    await area.surgery.load(
        sent(
            patient(number(1), identifier(f"{CANARY}1", system=HOSPITAL_NUMBER), id="wrong", address=[{"text": CANARY}])
        ),
        sent(told("w", "Patient/wrong")),
    )
    await area.hospital.load(sent(observation("Patient/p", id="stays")))
    await remove(area, "Observation/o")
    removed = await remove(area, "Patient/p", source="A81001")
    assert {each.type for each in removed.reach.rows} == {"Patient", "Observation"}
    assert await places_of(area, CANARY) == set()
    assert (await area.hospital.read("Patient/p")).body
    assert await area.record.whose_number(synthetic(1)) is not None
    facts = await area.rows("SELECT party FROM fact_relationship WHERE kind = 'contribution'")
    assert [row["party"] for row in facts] == ["RRE"]


async def test_a_person_of_whom_nothing_stays_is_found_by_no_number(area: Area) -> None:
    await area.hospital.load(sent(patient(number(7), identifier("H7", system=HOSPITAL_NUMBER), id="gone")))
    await remove(area, "Patient/gone")
    assert await area.rows("SELECT * FROM person_identifier") == []
    assert await area.rows("SELECT * FROM locator") == []
    assert outside_the_log(await places_of(area, number(7), "H7")) == set()


async def test_hazard_entries_that_stay_are_still_the_persons_when_their_patient_goes(area: Area) -> None:
    """Hazard: wrong person, and a partial record. What its source sends later by the same id means the same person."""
    await scene(area)
    person = await area.person_of("Observation/other")
    removed = await remove(area, "Patient/p")
    assert removed.names_kept == ("Patient/p",)
    await area.hospital.load(sent(observation("Patient/p", id="later")))
    assert await area.person_of("Observation/later") == person
    assert (await refusal(area.hospital.load(sent(patient(number(1), id="p"))))) == (409, "entry-removed")


async def test_the_order_is_in_the_log_with_its_authority_and_the_names_and_nothing_of_the_content(area: Area) -> None:
    await scene(area)
    removed = await remove(area, "Observation/o")
    entry = [each for each in await area.entries() if each["subtype"] == "removal"][-1]
    assert entry["items"] == [("Observation", "o", 2)]
    assert entry["person_id"] == await area.person_of("Patient/p")
    texts = await area.rows("SELECT convert_from(text, 'UTF8') AS text FROM audit_entry")
    (said,) = [row["text"] for row in texts if removed.order_id in row["text"] and '"removal"' in row["text"]]
    assert "Family+Court" in said
    assert CANARY not in said


async def test_hazard_a_load_at_the_same_moment_does_not_bring_it_back(area: Area) -> None:
    """Hazard: a feed that had recognised the entry before it was removed writes it anew afterwards."""
    await area.hospital.load(sent(patient(number(1), id="p")))
    for turn in range(6):
        own_id = f"raced-{turn}"
        await area.hospital.load(sent(told(own_id)))
        changed = sent(told(own_id, status="amended"))
        loaded, removed = await asyncio.gather(
            area.hospital.load(changed), remove(area, f"Observation/{own_id}"), return_exceptions=True
        )
        assert not isinstance(removed, BaseException)
        assert isinstance(loaded, list | Conflict)
        assert outside_the_log(await places_of(area, own_id)) == set()
    assert await places_of(area, CANARY) == set()


async def waits_for_a_lock(area: Area) -> None:
    for _ in range(200):
        if await area.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


async def test_hazard_a_large_load_that_waits_for_the_first_removal_of_the_area_obeys_it(area: Area) -> None:
    """Hazard: a load that looked whether anything was removed before it waited for the person writes the entry after that."""
    await area.hospital.load(sent(patient(number(1), id="p")))
    source_id = await area.value("SELECT source_id FROM source WHERE ods = 'RRE'")
    name = (type_id("Observation"), "Observation/raced-3")
    (digest,) = await RemovedNames(area.pool).digests(source_id, [name])
    entries = [sent(observation("Patient/p", id=f"raced-{place}")) for place in range(20)]
    async with area.pool.acquire() as orders, orders.transaction():
        person_id = await area.person_of("Patient/p")
        await orders.execute("SELECT FROM person WHERE person_id = $1 FOR UPDATE", person_id)
        loading = asyncio.create_task(area.hospital.load(*entries))
        await waits_for_a_lock(area)
        await orders.execute(
            "INSERT INTO removed_name (name_digest, person_id, order_id) VALUES ($1, $2, 'o')", digest, person_id
        )
    assert await refusal(loading) == (409, "entry-removed")
    assert await area.rows("SELECT FROM resource WHERE id LIKE 'raced-%'") == []


async def test_facts_that_it_said_end_with_it_in_every_worker(area: Area) -> None:
    """An encounter ties the hospital to the person; the removed one ties nobody, from the next request on."""
    await scene(area)
    person = await area.person_of("Patient/p")
    rid = await area.value("SELECT rid FROM resource WHERE id = 'e'")
    epoch = await area.value("SELECT epoch FROM person WHERE person_id = $1", person)
    await remove(area, "Encounter/e")
    assert await area.rows("SELECT * FROM fact_relationship WHERE rid = $1", rid) == []
    assert await area.value("SELECT epoch FROM person WHERE person_id = $1", person) > epoch
    assert await area.rows("SELECT * FROM outbox WHERE rids @> ARRAY[$1::bigint]", rid) == []


async def test_an_order_is_refused_without_an_authority_and_over_the_directory(area: Area) -> None:
    await scene(area)
    about = await selected(area, "Observation/o")
    with pytest.raises(Incorrect):
        await area.record.removal.remove(await decided(area, about.person_id), about, authority="  because ")
    directory = await selected(area, "Organization/us")
    with pytest.raises(Incorrect):
        await area.record.removal.remove(await decided(area, 0), directory, authority=COURT)
    assert (await area.hospital.read("Observation/o")).version == 2


async def test_hazard_no_other_permit_removes_and_none_about_somebody_else(area: Area) -> None:
    """Hazard: a permit to read that removes."""
    await scene(area)
    about = await selected(area, "Observation/o")
    reading = await area.asks(GP).decide(Interaction.READ, "Observation", about.person_id)
    for decision in (reading, await decided(area, 999)):
        with pytest.raises(TypeError):
            await area.record.removal.remove(decision, about, authority=COURT)


async def test_hazard_copies_in_quarantine_are_emptied_and_what_is_sent_again_is_not_kept_there(area: Area) -> None:
    """Hazard: what a court ordered to be removed waits in quarantine for somebody to repair and load it."""
    await scene(area)
    source = await area.value("SELECT source_id FROM source WHERE ods = 'RRE'")
    held = [told("o"), {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": told("o")}]}, told("another")]
    contents = [*map(write_json, held), b'<Observation><id value="o"/></Observation>']
    for content in contents:
        await area.value(
            "INSERT INTO quarantine (source_id, origin, error, reason, digest, content) VALUES ($1, 'f', 'e', 'r', $2, $3)",
            source, hashlib.sha256(content).digest(), content,
        )  # fmt: skip
    removed = await remove(area, "Observation/o")
    kept = {row["content"] for row in await area.rows("SELECT content FROM quarantine")}
    assert removed.quarantined == 3
    assert kept == {contents[2], b"Removed under an order."}
    with pytest.raises(Conflict) as refused:
        await area.hospital.load(sent(told("o")))
    entry = SourceEntry(origin=Origin(file="f"), form=Form.JSON_RESOURCE, content=contents[0])
    assert CANARY.encode() not in Rejection.of(entry, refused.value).content
