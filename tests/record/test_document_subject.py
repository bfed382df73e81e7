"""A stored Bundle is in the record of the person whom it is about.

Hazard: partial record, and a sensitive item exposed. A document about somebody lay on the shelf, out of their record and decisions.
"""

import json

import pytest
from tests.record.area import BASE, Area, clinician_at, post, refusal
from tests.record.made import identifier, medication, number, observation, organisation, patient

from lhcr.fhir.json_document import write_json
from lhcr.fhir.whereabouts.entries import entry_without_places
from lhcr.kernel.errors import Incorrect, LhcrError
from lhcr.kernel.json_types import JsonObject
from lhcr.record.document_subject import subject_of_bundle
from lhcr.record.masking import masked

URN = "urn:uuid:00000000-0000-4000-8000-000000000001"
ELSEWHERE = "https://elsewhere.example/fhir"
BY_NUMBER = {"identifier": identifier(number(1))}


def entry(resource: JsonObject, full_url: str | None = None) -> JsonObject:
    return ({"fullUrl": full_url} if full_url else {}) | {"resource": resource}


def document(subject: JsonObject | None, *others: JsonObject, **elements: object) -> JsonObject:
    composition = {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "Discharge"},
        "date": "2026-01-01",
        "author": [{"display": "Dr Grey"}],
        "title": "Discharge",
    } | elements
    first = composition if subject is None else composition | {"subject": subject}
    head = {"identifier": {"system": "urn:x", "value": "1"}, "timestamp": "2026-01-01T00:00:00Z"}
    return {"resourceType": "Bundle", "type": "document"} | head | {"entry": [entry(first), *others]}


def collection(*entries: JsonObject) -> JsonObject:
    return {"resourceType": "Bundle", "type": "collection", "entry": list(entries)}


PLACED = {
    "by id": document({"reference": "Patient/p"}),
    "by address": document({"reference": f"{BASE}/Patient/p"}),
    "by number": document(BY_NUMBER),
    "by its own Patient": document({"reference": URN}, entry(patient(number(1)), URN)),
    "by a Patient from elsewhere": document(
        {"reference": "Patient/other"}, entry(patient(number(1), id="other"), f"{ELSEWHERE}/Patient/other")
    ),
    "by a Patient of this server": document({"reference": "Patient/p"}, entry(patient(id="p"), f"{BASE}/Patient/p")),
    "of a collection": collection(entry(patient(number(1)), URN), entry(observation(URN)), entry(medication())),
    "of a collection by number": collection(entry(observation(BY_NUMBER)), entry(observation(BY_NUMBER))),
    "of a message": {
        "resourceType": "Bundle",
        "type": "message",
        "entry": [
            entry({"resourceType": "MessageHeader", "focus": [{"reference": URN}]}),
            entry(patient(number(1)), URN),
        ],
    },
    "of a Bundle inside": collection(entry(document(BY_NUMBER))),
}


@pytest.mark.parametrize("bundle", PLACED.values(), ids=PLACED)
async def test_a_bundle_is_in_the_record_of_whom_it_is_about(area: Area, bundle: JsonObject) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    before = json.dumps(bundle)
    written = await area.hospital.create(json.loads(before))
    assert written.draft.person_id == await area.person_of("Patient/p")
    assert written.draft.members == ()
    found = await area.hospital.everything("Patient/p")
    assert written.draft.id in {each.id for each in found.found}


REFUSED = {
    "a display alone": document({"display": "Ada"}),
    "somebody unknown": document({"identifier": identifier(number(7))}),
    "a Patient of another server": document({"reference": f"{ELSEWHERE}/Patient/p"}),
    "a relative of another server": collection(entry(observation("Patient/p", id="o"), f"{ELSEWHERE}/Observation/o")),
    "a Patient without a number": document({"reference": URN}, entry(patient(), URN)),
    "an id that is not said to be of here": document({"reference": "Patient/p"}, entry(patient(id="p"))),
    "several people": collection(entry(patient(number(1)), URN), entry(patient(number(2)))),
    "two numbers": document({"reference": URN, "identifier": identifier(number(2))}, entry(patient(number(1)), URN)),
}


@pytest.mark.parametrize("bundle", REFUSED.values(), ids=REFUSED)
async def test_what_is_about_people_and_of_nobody_who_can_be_told_is_refused(area: Area, bundle: JsonObject) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(patient(number(2), id="q"))
    status, error = await refusal(area.hospital.create(bundle))
    assert (status, error in {"subject-unknown", "subject-contradicts"}) == (422, True)


async def test_what_is_about_nobody_stays_on_the_shelf(area: Area) -> None:
    for bundle in (collection(entry(medication()), entry(organisation("RRE"))), collection(), document(None)):
        written = await area.hospital.create(bundle)
        assert (written.draft.person_id or 0) < 0


async def test_nobody_reads_or_writes_a_document_about_a_stranger(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    written = await area.hospital.create(document(BY_NUMBER))
    stranger = area.asks(clinician_at("B82002"))
    assert (await refusal(stranger.read(f"Bundle/{written.draft.id}")))[0] in {403, 404}
    assert (await refusal(stranger.create(document(BY_NUMBER))))[0] == 403


async def test_a_confidential_composition_hides_the_whole_document(area: Area) -> None:
    """Hazard: a sensitive item exposed."""
    await area.hospital.update(patient(number(1), id="p"))
    await area.surgery.update(patient(number(1), id="s"))
    open_ = await area.hospital.create(document(BY_NUMBER))
    hidden = await area.hospital.create(document(BY_NUMBER, confidentiality="V"))
    assert (await area.gp.read(f"Bundle/{open_.draft.id}")).body
    assert (await refusal(area.gp.read(f"Bundle/{hidden.draft.id}")))[0] in {403, 404}


async def test_a_document_that_names_somebody_else_is_shown_without_its_entries(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    await area.surgery.update(patient(number(1), id="s"))
    await area.hospital.update(patient(number(2), id="q"))
    mother = {"resourceType": "Patient", "identifier": [identifier(number(2))], "name": [{"family": "Zelda"}]}
    written = await area.hospital.create(document(BY_NUMBER, entry(mother, URN)))
    assert written.draft.members == (await area.person_of("Patient/q"),)
    told = (await area.gp.read(f"Bundle/{written.draft.id}")).body or b""
    assert b"Zelda" not in told
    assert number(2).encode() not in told
    assert b"SUBSETTED" in told
    assert b"Zelda" in ((await area.hospital.read(f"Bundle/{written.draft.id}")).body or b"")


async def test_a_transaction_does_not_file_a_document_with_a_stranger(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    stranger = area.asks(clinician_at("B82002"))
    with pytest.raises(LhcrError) as caught:
        await stranger.transaction(post(document(BY_NUMBER)))
    assert caught.value.status in {403, 422}


async def test_a_document_keeps_what_its_entries_call_each_other(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    bundle = document({"reference": URN}, entry(patient(number(1)), URN))
    written = await area.hospital.create(bundle)
    told = json.loads((await area.hospital.read(f"Bundle/{written.draft.id}")).body or b"")
    assert told["entry"][0]["resource"]["subject"] == {"reference": URN}


def test_a_document_of_somebody_who_is_restricted_is_served_without_its_entries() -> None:
    """Hazard: the address of a restricted person stands in the Patient of a document."""
    assert "entry" not in entry_without_places(document(BY_NUMBER))
    assert "entry" not in json.loads(masked(write_json(document(BY_NUMBER) | {"id": "d"})))


@pytest.mark.parametrize("gap", [None, 1_000])
def test_people_are_one_where_a_chain_of_shared_numbers_joins_them_however_long_it_is(gap: int | None) -> None:
    """Hazard: wrong person. And a chain in the wrong order is followed as quickly as one in the right order."""
    links = [place for place in reversed(range(2_000)) if place != gap]
    people = [
        patient(*(identifier(f"N{each}", system="urn:x") for each in (place, place + 1)), id=f"p{place}")
        for place in links
    ]
    bundle: JsonObject = {"resourceType": "Bundle", "type": "collection", "entry": [entry(each) for each in people]}
    if gap is None:
        found = subject_of_bundle(bundle, source_id=1, entry_type=lambda _: None)
        assert found is not None
        assert len(found.claims) == 2_001
    else:
        with pytest.raises(Incorrect, match="several people"):
            subject_of_bundle(bundle, source_id=1, entry_type=lambda _: None)
