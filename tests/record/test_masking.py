"""Masking: what names a second person stays in the record of the one whom it is about, without who the other is.

Hazard: allergy dropped. A child's allergy that the mother reported vanished from every professional who may not read hers.
"""

import json
from collections.abc import Sequence

import pytest
from tests.record.area import BASE, Area, Asker, clinician_at, refusal, system_of
from tests.record.made import allergy, identifier, medication, number, observation, patient, prescription
from tests.record.restricted import Somebody, search

from lhcr.fhir.json_document import write_json
from lhcr.kernel.json_types import JsonObject
from lhcr.record.masking import masked

CHILD, MOTHER = Somebody(1, "child"), Somebody(2, "mother")
NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Zelda told us</div>'}
BY_REFERENCE = {"reference": f"Patient/{MOTHER.plain_id}", "display": "Zelda Fell"}
BY_NUMBER = {"type": "Patient", "identifier": identifier(number(2)), "display": "Zelda Fell"}
HERS = (MOTHER.plain_id, number(2), "Zelda")
WHO = f"Patient/{CHILD.plain_id}"


def reported(by: JsonObject, **elements: object) -> JsonObject:
    return allergy(WHO, id="reported", asserter=by, criticality="high", text=NARRATIVE, **elements)


async def families(area: Area) -> None:
    """Child and mother are both at the surgery; the hospital says what the mother told it about the child."""
    for who, index in ((CHILD, 1), (MOTHER, 2)):
        await area.hospital.update(patient(number(index), id=who.plain_id))
        await area.surgery.update(patient(number(index), id=f"surgery-{index}"))


def tells(bodies: Sequence[bytes | None]) -> bool:
    return any(word.encode() in (body or b"") for body in bodies for word in HERS)


async def everywhere(asker: Asker) -> dict[str, list[bytes | None]]:
    """The entry as a reader gets it on each channel."""
    entry = "AllergyIntolerance/reported"
    told: dict[str, list[bytes | None]] = {"read": [(await asker.read(entry)).body]}
    told["vread"] = [(await asker.vread(entry, version)).body for version in (1, 2)]
    told["history"] = [each.body for each in (await asker.history(entry)).versions]
    told["everything"] = [each.body for each in (await asker.everything(WHO)).found if each.id == "reported"]
    texts = {
        "search": "",
        "sorted": "_sort=asserter",
        "led": "criticality=high",
        "include": "_include=AllergyIntolerance:asserter&_include=AllergyIntolerance:patient",
    }
    for name, text in texts.items():
        page = await search(asker, CHILD, "AllergyIntolerance", text)
        assert [each.id for each in page.matches] == ["reported"]
        told[name] = [each.body for each in page.entries()]
    page = await search(asker, CHILD, "Patient", "_revinclude=AllergyIntolerance:patient")
    told["reverse"] = [each.body for each in page.included if each.id == "reported"]
    return told


@pytest.mark.parametrize("by", [BY_REFERENCE, BY_NUMBER], ids=["by reference", "by number"])
async def test_a_childs_allergy_that_the_mother_reported_is_shown_without_her(area: Area, by: JsonObject) -> None:
    await families(area)
    for note in ("first", "second"):
        await area.hospital.update(reported(by, note=[{"text": note}]))
    for reader in (area.gp, area.doctor):
        told = await everywhere(reader)
        assert not [channel for channel, bodies in told.items() if tells(bodies)]
        for channel in told:
            assert any(b"Penicillin" in (body or b"") for body in told[channel]), channel
    whole = await everywhere(area.hospital)
    assert tells(whole["read"])
    assert tells(whole["history"])
    assert tells(whole["everything"])
    assert tells(whole["search"])


async def test_a_masked_entry_says_that_it_is_and_keeps_its_version(area: Area) -> None:
    await families(area)
    await area.hospital.update(reported(BY_REFERENCE))
    await area.hospital.update(reported(BY_REFERENCE))
    stored = await area.gp.read("AllergyIntolerance/reported")
    entry = json.loads(stored.body or b"")
    assert stored.version == 2
    assert entry["meta"]["versionId"] == "2"
    assert [tag["code"] for tag in entry["meta"]["tag"]] == ["SUBSETTED"]
    assert entry["patient"] == {"reference": WHO}
    assert entry["asserter"]["extension"][0]["valueCode"] == "masked"
    assert entry["criticality"] == "high"
    assert entry["code"] == {"text": "Penicillin"}


@pytest.mark.parametrize("by", [BY_REFERENCE, BY_NUMBER], ids=["by reference", "by number"])
async def test_nobody_finds_out_by_asking_who_the_other_is(area: Area, by: JsonObject) -> None:
    """Hazard: wrong person exposed. The criterion would tell what the body does not."""
    await families(area)
    await area.hospital.update(reported(by))
    for text in (
        f"asserter=Patient/{MOTHER.plain_id}",
        f"asserter={MOTHER.plain_id}",
        f"asserter={BASE}/Patient/{MOTHER.plain_id}",
        f"asserter:identifier=https://fhir.nhs.uk/Id/nhs-number|{number(2)}",
        "asserter:Patient.family=Fell",
    ):
        page = await search(area.gp, CHILD, "AllergyIntolerance", text)
        assert [each.id for each in page.matches] == [], text
    present = await search(area.gp, CHILD, "AllergyIntolerance", "asserter:missing=false")
    assert [each.id for each in present.matches] == ["reported"]


async def test_who_may_read_the_mother_alone_does_not_see_the_childs_entry(area: Area) -> None:
    """Hazard: whom a child's entry is about leaks to a reader of the record that it only mentions."""
    await area.hospital.update(patient(number(1), id=CHILD.plain_id))
    await area.hospital.update(patient(number(2), id=MOTHER.plain_id))
    await area.asks(system_of("B82002")).update(patient(number(2), id="hers"))
    await area.hospital.update(reported(BY_REFERENCE))
    reader = area.asks(clinician_at("B82002"))
    assert {each.id for each in (await reader.everything("Patient/hers")).found} <= {"hers", MOTHER.plain_id}
    for text in ("", f"asserter=Patient/{MOTHER.plain_id}"):
        assert not (await search(reader, MOTHER, "AllergyIntolerance", text)).matches
    page = await search(reader, MOTHER, "Patient", "_revinclude=AllergyIntolerance:asserter")
    assert [each.type for each in page.entries()] == ["Patient"]


async def test_a_gp_reads_what_they_wrote_themselves(area: Area) -> None:
    await families(area)
    written = await area.gp.create(allergy(WHO, asserter=BY_NUMBER))
    stored = await area.gp.read(f"AllergyIntolerance/{written.draft.id}")
    assert b"Penicillin" in (stored.body or b"")
    assert not tells([stored.body])


async def test_a_condition_of_a_transaction_finds_a_masked_entry_but_not_by_the_other(area: Area) -> None:
    """Hazard: a duplicate, because a condition looked past what its writer sees."""
    await families(area)
    await area.gp.update(reported(BY_REFERENCE))
    (again,) = [await area.gp.create(allergy(WHO), condition=f"patient={WHO}&criticality=high")]
    assert again.draft.found
    assert again.draft.id == "reported"
    other = await area.gp.create(allergy(WHO), condition=f"asserter=Patient/{MOTHER.plain_id}")
    assert not other.draft.found


@pytest.mark.parametrize("op", ["test", "copy", "replace"])
async def test_a_patch_does_not_tell_who_is_masked(area: Area, op: str) -> None:
    """Hazard: an operation on what is masked tests or copies it, and the answer would show it."""
    await families(area)
    named = {"reference": "Patient/surgery-2", "display": "Zelda Fell"}
    await area.surgery.update(allergy("Patient/surgery-1", id="reported", asserter=named))
    operations: dict[str, JsonObject] = {
        "test": {"op": "test", "path": "/asserter/reference", "value": "Patient/surgery-2"},
        "copy": {"op": "copy", "from": "/asserter/display", "path": "/code/text"},
        "replace": {"op": "replace", "path": "/code/text", "value": "low"},
    }
    attempt = area.gp.patch("AllergyIntolerance/reported", [operations[op]])
    assert await refusal(attempt) == (422, "subsetted")
    await area.surgery.patch("AllergyIntolerance/reported", [operations[op]])


def entry(**elements: object) -> JsonObject:
    return {"resourceType": "Observation", "id": "o", "meta": {"versionId": "1"}} | elements


def left(resource: JsonObject) -> JsonObject:
    found: JsonObject = json.loads(masked(write_json(resource)))
    return found


def test_what_surely_names_the_subject_stays() -> None:
    subject = {"reference": "Patient/1", "identifier": identifier(number(1))}
    spaced = f"{number(1)[:3]} {number(1)[3:6]} {number(1)[6:]}"
    performers = [
        {"reference": "Patient/1/_history/3", "display": "Ada"},
        {"identifier": identifier(number(1))},
        {"identifier": identifier(spaced)},
        {"reference": "Practitioner/7", "display": "Dr Grey"},
        {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "RRE"}},
    ]
    assert left(entry(subject=subject, performer=performers))["performer"] == performers


@pytest.mark.parametrize(
    "other",
    [
        {"reference": "Patient/2"},
        {"reference": "https://elsewhere.example/fhir/Patient/2/_history/1"},
        {"reference": "Patient?identifier=x|2"},
        {"reference": "2", "type": "Patient"},
        {"identifier": identifier(number(2)), "display": "Zelda"},
        {"reference": "Patient/1", "identifier": identifier(number(2))},
        {"reference": "Patient/2", "identifier": identifier(number(1))},
        {"type": "Patient", "display": "Zelda"} | {"reference": "Patient/2"},
    ],
)
def test_what_may_name_somebody_else_is_masked_wherever_it_stands(other: JsonObject) -> None:
    subject = {"reference": "Patient/1", "identifier": identifier(number(1))}
    extension = [{"url": "https://x.example", "valueReference": dict(other)}]
    component = [{"code": {"text": "x"}, "extension": [{"url": "https://y.example", "extension": extension}]}]
    found = left(entry(subject=subject, focus=[other], component=component, extension=extension))
    deep = found["component"][0]["extension"][0]["extension"][0]["valueReference"]
    for each in (found["focus"][0], deep, found["extension"][0]["valueReference"]):
        assert each.keys() == {"extension", "display"}
        assert each["extension"][0]["valueCode"] == "masked"
    assert found["subject"] == subject


def test_of_several_participants_the_first_patient_is_the_one() -> None:
    actors = [{"reference": "Practitioner/1"}, {"reference": "Patient/1"}, {"reference": "Patient/2"}]
    appointment = {"resourceType": "Appointment", "id": "a", "participant": [{"actor": each} for each in actors]}
    found = [each["actor"] for each in left(appointment)["participant"]]
    assert found[:2] == actors[:2]
    assert "reference" not in found[2]


def test_contained_patients_and_narrative_tell_nothing() -> None:
    contained = [{"resourceType": "Patient", "id": "m", "name": [{"family": "Zelda"}]}]
    found = left(entry(text=NARRATIVE, contained=contained, subject={"reference": "Patient/1"}))
    assert found["contained"] == [{"resourceType": "Patient", "id": "m"}]
    assert "text" not in found


HIDDEN_IN = {
    "a contained Patient": {
        "contained": [patient(number(2), id="m", name=[{"family": "Zelda"}])],
        "asserter": {"reference": "#m"},
    },
    "a contained relative": {
        "contained": [
            {"resourceType": "RelatedPerson", "id": "m", "patient": {"reference": WHO}, "name": [{"family": "Zelda"}]}
            | {"identifier": [identifier(number(2))]}
        ],
        "asserter": {"reference": "#m", "display": "Zelda Fell"},
    },
    "a contained Person": {
        "contained": [
            {"resourceType": "Person", "id": "m", "name": [{"family": "Zelda"}], "identifier": [identifier(number(2))]}
        ],
        "extension": [{"url": "https://x.example", "valueReference": {"reference": "#m", "display": "Zelda"}}],
    },
    "an old address of the number": {
        "asserter": {
            "identifier": identifier(number(2), system="urn:oid:2.16.840.1.113883.2.1.4.1"),
            "display": "Zelda Fell",
        }
    },
    "a fragment": {"asserter": {"reference": f"Patient/{MOTHER.plain_id}#x", "display": "Zelda Fell"}},
    "an identifier": {"identifier": [identifier(number(2))]},
    "an old identifier": {"identifier": [identifier(number(2), use="old")]},
    "an extension": {"extension": [{"url": "https://x.example", "valueIdentifier": identifier(number(2))}]},
    "an address beside a reference": {
        "asserter": BY_REFERENCE,
        "extension": [{"url": "https://x.example", "valueUri": f"Patient/{MOTHER.plain_id}"}],
    },
}


@pytest.mark.parametrize("elements", HIDDEN_IN.values(), ids=HIDDEN_IN)
async def test_hazard_wrong_person_exposed_nobody_is_told_who_is_named_in_other_ways(
    area: Area, elements: JsonObject
) -> None:
    await families(area)
    await area.hospital.update(allergy(WHO, id="reported", **json.loads(json.dumps(elements))))
    told = await area.gp.read("AllergyIntolerance/reported")
    assert b"Penicillin" in (told.body or b"")
    assert not tells([told.body])
    assert tells([(await area.hospital.read("AllergyIntolerance/reported")).body])


async def test_the_number_of_the_subject_alone_names_nobody_else(area: Area) -> None:
    await families(area)
    written = await area.hospital.update(allergy(WHO, id="reported", identifier=[identifier(number(1))]))
    assert written.draft.members == ()
    assert (await area.gp.read("AllergyIntolerance/reported")).body == written.body


async def test_an_entry_of_the_shelf_that_names_somebody_hidden_stays_hidden(area: Area) -> None:
    """It is nobody's own, so that no permit reaches it."""
    await families(area)
    extension = [{"url": "https://x.example", "valueReference": BY_REFERENCE}]
    await area.hospital.update(medication(id="hers", extension=extension))
    await area.hospital.update(prescription(WHO, "Medication/hers", id="rx"))
    assert (await area.hospital.read("Medication/hers")).version == 1
    assert await refusal(area.gp.read("Medication/hers")) == (404, "not-found")
    page = await search(area.gp, CHILD, "MedicationRequest", "_include=MedicationRequest:medication")
    assert [each.id for each in page.entries()] == ["rx"]
    assert {each.type for each in (await area.gp.everything(WHO)).found} == {"Patient", "MedicationRequest"}


async def test_entries_of_one_person_alone_are_served_as_they_are_stored(area: Area) -> None:
    await families(area)
    written = await area.hospital.update(observation(WHO, id="alone", text=NARRATIVE))
    assert (await area.gp.read("Observation/alone")).body == written.body
