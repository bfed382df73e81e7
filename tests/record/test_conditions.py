"""Conditional interactions and references, and what several writers at once make of them."""

import asyncio
from typing import Any

from tests.record.area import BASE, Area, delete, open_area, patch, post, put, refusal
from tests.record.made import (
    HOSPITAL_NUMBER,
    identifier,
    labelled,
    medication,
    number,
    observation,
    organisation,
    patient,
    prescription,
)

from lhcr.access.request import Interaction
from lhcr.fhir.json_document import read_json
from lhcr.kernel.json_types import JsonObject
from lhcr.record.conditions import lock_of

MRN = f"identifier={HOSPITAL_NUMBER}|h1"


def numbered(value: str = "h1", **elements: Any) -> JsonObject:
    return {"identifier": [identifier(value, system=HOSPITAL_NUMBER)]} | elements


async def with_patient(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="somebody"))


async def test_a_conditional_create_writes_once_and_then_finds_what_it_wrote(area: Area) -> None:
    await with_patient(area)
    resource = observation("Patient/somebody", **numbered())
    first = await area.hospital.create(resource, condition=MRN)
    second = await area.hospital.create(resource | {"status": "amended"}, condition=MRN)
    assert (first.created, second.draft.found, second.draft.id, second.draft.version) == (True, True, first.draft.id, 1)
    assert second.body is None
    assert await area.value("SELECT count(*) FROM resource WHERE type <> $1", first.draft.type_id) == 1


async def test_fifty_equal_conditional_creates_at_once_give_one(area: Area) -> None:
    """Also before the area has seen a single class of rows: a permit that was given then must not hide what came since."""
    await with_patient(area)
    resource = labelled(observation("Patient/somebody", **numbered()), "V")
    async with open_area(area.dsn) as other:
        workers = [area.hospital, other.hospital]
        written = await asyncio.gather(*(workers[turn % 2].create(dict(resource), condition=MRN) for turn in range(50)))
    assert len({each.draft.id for each in written}) == 1
    assert [each.draft.found for each in written].count(False) == 1


async def test_fifty_patients_with_one_nhs_number_at_once_give_one_person(area: Area) -> None:
    async with open_area(area.dsn) as other:
        workers = [area.hospital, other.pharmacy, area.surgery]
        written = await asyncio.gather(*(workers[turn % 3].create(patient(number(1))) for turn in range(50)))
    assert len({each.draft.person_id for each in written}) == 1
    assert await area.value("SELECT count(*) FROM person") == 1
    assert await area.value("SELECT count(*) FROM person_identifier") == 1


async def test_fifty_conditional_creates_of_one_patient_at_once_give_one_patient(area: Area) -> None:
    condition = f"identifier=https://fhir.nhs.uk/Id/nhs-number|{number(1)}"
    written = await asyncio.gather(*(area.hospital.create(patient(number(1)), condition=condition) for _ in range(50)))
    assert len({each.draft.id for each in written}) == 1
    assert await area.value("SELECT count(*) FROM resource") == 1


def test_the_lock_of_a_condition_is_never_taken_for_an_open_write() -> None:
    """Hazard: stale shown as complete. A horizon that reads it as an instant would hold back everything, or nothing."""
    keys = {lock_of(post(observation("Patient/p"), condition=f"identifier=x|{turn}"), 1) for turn in range(500)}
    assert len(keys) == 500
    assert all(0 <= key < 1 << 48 for key in keys)


async def test_a_condition_that_several_resources_match_is_refused(area: Area) -> None:
    await with_patient(area)
    for _ in range(2):
        await area.hospital.create(observation("Patient/somebody", **numbered()))
    resource = observation("Patient/somebody", **numbered())
    ambiguous = (412, "condition-ambiguous")
    assert await refusal(area.hospital.create(dict(resource), condition=MRN)) == ambiguous
    assert await refusal(area.hospital.update(dict(resource), condition=MRN)) == ambiguous
    assert await refusal(area.hospital.transaction(patch(f"Observation?{MRN}", []))) == ambiguous
    assert await refusal(area.hospital.transaction(delete(f"Observation?{MRN}"))) == ambiguous


async def test_a_condition_matches_only_what_its_own_source_contributed(area: Area) -> None:
    await with_patient(area)
    await area.pharmacy.update(patient(number(1), id="theirs"))
    theirs = await area.pharmacy.create(observation("Patient/theirs", **numbered()))
    ours = await area.hospital.create(observation("Patient/somebody", **numbered()), condition=MRN)
    assert ours.created
    assert ours.draft.id != theirs.draft.id


async def test_a_conditional_update_creates_or_replaces_the_one_that_matches(area: Area) -> None:
    await with_patient(area)
    resource = observation("Patient/somebody", **numbered())
    created = await area.hospital.update(dict(resource), condition=MRN)
    replaced = await area.hospital.update(resource | {"status": "amended"}, condition=MRN)
    assert (created.created, replaced.created) == (True, False)
    assert (replaced.draft.id, replaced.draft.version) == (created.draft.id, 2)
    named = resource | {"id": "another-id"}
    assert await refusal(area.hospital.update(named, condition=MRN)) == (400, "id-differs")
    chosen = observation("Patient/somebody", id="chosen", **numbered("h2"))
    assert (await area.hospital.update(chosen, condition=f"identifier={HOSPITAL_NUMBER}|h2")).draft.id == "chosen"


async def test_a_conditional_patch_changes_the_one_that_matches(area: Area) -> None:
    await with_patient(area)
    created = await area.hospital.create(observation("Patient/somebody", **numbered()))
    operations = [{"op": "replace", "path": "/status", "value": "amended"}]
    (written,) = await area.hospital.transaction(patch(f"Observation?{MRN}", operations))
    assert (written.draft.id, written.draft.version) == (created.draft.id, 2)
    missing = patch(f"Observation?identifier={HOSPITAL_NUMBER}|h9", operations)
    assert await refusal(area.hospital.transaction(missing)) == (404, "not-found")


async def test_a_conditional_delete_deletes_the_one_that_matches_and_nothing_where_none_does(area: Area) -> None:
    await with_patient(area)
    created = await area.hospital.create(observation("Patient/somebody", **numbered()))
    (written,) = await area.hospital.transaction(delete(f"Observation?{MRN}"))
    assert written.draft.id == created.draft.id
    assert await refusal(area.hospital.read(f"Observation/{created.draft.id}")) == (410, "deleted")
    (nothing,) = await area.hospital.transaction(delete(f"Observation?{MRN}"))
    assert nothing.draft.is_nothing
    assert [entry["items"] for entry in await area.entries()][-1] is None


async def test_a_conditional_reference_becomes_the_one_resource_that_it_means(area: Area) -> None:
    await area.hospital.update(patient(identifier("h1", system=HOSPITAL_NUMBER), id="somebody"))
    await area.hospital.update(organisation("RRE", id="us"))
    resource = observation(f"Patient?{MRN}", performer=[{"reference": f"{BASE}/Organization?name=Organisation"}])
    (written,) = await area.hospital.transaction(post(resource))
    stored = read_json((await area.hospital.read(f"Observation/{written.draft.id}")).body or b"")
    assert stored["subject"]["reference"] == "Patient/somebody"
    assert stored["performer"] == [{"reference": "Organization/us"}]
    assert written.draft.person_id == await area.person_of("Patient/somebody")


async def test_a_conditional_reference_is_resolved_for_a_single_create_too(area: Area) -> None:
    """Hazard: partial record. Stored as it came, it names nobody, and the entry stays outside the person's record."""
    await area.hospital.update(patient(identifier("h1", system=HOSPITAL_NUMBER), id="somebody"))
    written = await area.hospital.create(observation(f"Patient?{MRN}"))
    assert written.draft.person_id == await area.person_of("Patient/somebody")
    assert await refusal(area.hospital.create(observation(f"Patient?identifier={HOSPITAL_NUMBER}|h2"))) == (
        412,
        "reference-unresolved",
    )


async def test_a_conditional_reference_that_none_or_several_match_is_refused(area: Area) -> None:
    await with_patient(area)
    for value in ("RRE", "RRF"):
        await area.hospital.create(organisation(value))
    for reference in ("Organization?name=Organisation", "Organization?name=Nothing", "Organization?nonsense=1"):
        drafts = [post(observation("Patient/somebody", performer=[{"reference": reference}]))]
        assert await refusal(area.hospital.transaction(*drafts)) == (412, "reference-unresolved")
    assert await area.value("SELECT count(*) FROM resource") == 1


async def test_an_address_elsewhere_with_a_question_mark_is_no_conditional_reference(area: Area) -> None:
    await with_patient(area)
    elsewhere = {"reference": "https://elsewhere.example/show.asp?id=7"}
    (written,) = await area.hospital.transaction(post(observation("Patient/somebody", performer=[elsewhere])))
    assert read_json(written.body or b"")["performer"] == [elsewhere]


async def test_a_person_with_several_contributions_is_one_match_for_whoever_may_see_them(area: Area) -> None:
    nhs = f"identifier=https://fhir.nhs.uk/Id/nhs-number|{number(1)}"
    first = await area.surgery.create(patient(number(1)))
    await area.hospital.create(patient(number(1)))
    gp = area.gp
    person = await area.person_of(f"Patient/{first.draft.id}")
    decision = await gp.decide(Interaction.CREATE, "Observation", person)
    (written,) = await gp.write(decision, [post(observation(f"Patient?{nhs}"))])
    assert read_json(written.body or b"")["subject"]["reference"] == f"Patient/{first.draft.id}"


async def test_two_entries_with_one_condition_in_one_transaction_are_refused(area: Area) -> None:
    """Neither can find the other, so both would be created: a duplicate that the condition was to prevent."""
    await with_patient(area)
    entries = [post(observation("Patient/somebody", **numbered()), condition=MRN) for _ in range(2)]
    assert await refusal(area.hospital.transaction(*entries)) == (400, "identity-repeated")


async def test_two_entries_about_one_resource_in_one_transaction_are_refused(area: Area) -> None:
    await with_patient(area)
    entry = observation("Patient/somebody", id="one")
    for pair in (
        [put(dict(entry)), put(dict(entry))],
        [put(dict(entry)), delete("Observation/one")],
        [delete("Observation/one"), delete("Observation/one")],
    ):
        assert await refusal(area.hospital.transaction(*pair)) == (400, "identity-repeated")
    await area.hospital.update(observation("Patient/somebody", id="one", **numbered()))
    pair = [put(observation("Patient/somebody", **numbered()), condition=MRN), delete("Observation/one")]
    assert await refusal(area.hospital.transaction(*pair)) == (400, "identity-repeated")
    urls = [post(observation("Patient/somebody"), full_url="urn:uuid:1") for _ in range(2)]
    assert await refusal(area.hospital.transaction(*urls)) == (400, "identity-repeated")


async def test_a_condition_may_lead_over_what_a_resource_refers_to(area: Area) -> None:
    """Hazard: a condition that silently matches nothing makes a second prescription of each repeated one."""
    await with_patient(area)
    await area.hospital.update(medication(id="drug", code={"coding": [{"system": "urn:drugs", "code": "d1"}]}))
    resource = prescription("Patient/somebody", "Medication/drug")
    for condition in ("medication.code=urn:drugs|d1", "patient=somebody&medication.code=urn:drugs|d1"):
        first = await area.hospital.create(dict(resource), condition=condition)
        second = await area.hospital.create(dict(resource), condition=condition)
        assert (second.draft.found, second.draft.id) == (True, first.draft.id)
        await area.hospital.delete(f"MedicationRequest/{first.draft.id}")
    other = await area.hospital.create(dict(resource), condition="medication.code=urn:drugs|d2")
    assert other.draft.found is False


async def test_a_condition_may_ask_what_refers_to_a_resource(area: Area) -> None:
    await with_patient(area)
    used = "_has:MedicationRequest:medication:status=active"
    await area.hospital.update(medication(id="drug"))
    await area.hospital.update(medication(id="unused"))
    assert (await area.hospital.create(medication(), condition=f"_id=drug&{used}")).draft.found is False
    await area.hospital.create(prescription("Patient/somebody", "Medication/drug"))
    found = await area.hospital.create(medication(), condition=used)
    assert (found.draft.found, found.draft.id) == (True, "drug")


async def test_a_condition_leads_over_nothing_that_its_source_may_not_see(area: Area) -> None:
    """Hazard: another source's entry told by what a write of this one finds."""
    await with_patient(area)
    await area.surgery.update(medication(id="drug", code={"coding": [{"system": "urn:drugs", "code": "d1"}]}))
    resource = prescription("Patient/somebody", "Medication/drug")
    condition = "medication.code=urn:drugs|d1"
    for _ in range(2):
        assert (await area.hospital.create(dict(resource), condition=condition)).draft.found is False


async def test_a_link_may_be_told_by_what_it_refers_to(area: Area) -> None:
    await with_patient(area)
    await area.hospital.update(medication(id="drug", code={"coding": [{"system": "urn:drugs", "code": "d1"}]}))
    await area.hospital.update(prescription("Patient/somebody", "Medication/drug", id="first"))
    link = {"reference": "MedicationRequest?medication.code=urn:drugs|d1"}
    await area.hospital.transaction(put(observation("Patient/somebody", id="o", basedOn=[link])))
    body = await area.value("SELECT body FROM resource WHERE id = 'o'")
    assert read_json(body)["basedOn"] == [{"reference": "MedicationRequest/first"}]
