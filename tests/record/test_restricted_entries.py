"""Hazard: the address of a restricted person is exposed, by an entry about them, by what is included with it, or by being found through it."""

from collections.abc import Iterator
from typing import Any

from tests.record.area import Area, Asker
from tests.record.made import organisation
from tests.record.restricted import CONTROL, PLACE, PRACTICE, RESTRICTED, Somebody, know, search

from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.search.parameter import Kind
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject

WARD = {"reference": "Location/hideaway-ward", "display": f"{PLACE} ward"}
AT = {"reference": f"Organization/{PRACTICE}", "display": f"{PLACE} Trust"}
BY = {"reference": "Practitioner/hideaway-doctor", "display": f"Dr {PLACE}"}
PHARMACY = {"reference": "Organization/hideaway-pharmacy", "display": f"{PLACE} Pharmacy"}
ADDRESS = {"line": [f"1 {PLACE} Street"], "postalCode": f"{PLACE}-1AA"}
WORDS = "SGlkZWF3YXk="  # The word for the place, as the data of a document.
NARRATIVE = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{PLACE}-1AA</div>'}
CODE = {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]}
WHEN = "2025-01-01T10:00:00Z"


def entries(who: Somebody) -> Iterator[JsonObject]:
    """Entries of every kind that may say where somebody is; each is read as care without it."""
    about = {"reference": f"Patient/{who.plain_id}"}
    subject, patient = {"subject": about}, {"patient": about}
    document = {"contentType": "text/plain", "data": WORDS, "url": f"https://{PLACE}.test/letter"}
    come = [{"actor": WARD, "status": "accepted"}, {"actor": about, "status": "accepted"}]
    yield {"resourceType": "Appointment", "status": "booked", "participant": come, "comment": PLACE}
    yield {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "serviceProvider": AT, **subject} | {
        "location": [{"location": WARD}], "participant": [{"individual": BY}]
    }  # fmt: skip
    yield {"resourceType": "DocumentReference", "status": "current", "custodian": AT, "author": [BY], **subject} | {
        "content": [{"attachment": document}], "text": NARRATIVE, "context": {"related": [AT], "facilityType": {"text": PLACE}}
    }  # fmt: skip
    yield {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "author": BY,
        "text": NARRATIVE,
        **subject,
    } | {"item": [{"linkId": "1", "answer": [{"valueAttachment": document}, {"valueReference": AT}]}]}
    yield {"resourceType": "Observation", "status": "final", "code": CODE, "performer": [AT], "text": NARRATIVE, **subject} | {
        "extension": [{"url": "urn:x", "valueAddress": ADDRESS}],
        "contained": [{"resourceType": "RelatedPerson", "id": "kin", "patient": about, "address": [ADDRESS]}],
        "focus": [{"reference": "#kin"}],
    }  # fmt: skip
    yield {"resourceType": "MedicationDispense", "status": "completed", "medicationCodeableConcept": CODE, **subject} | {
        "location": WARD, "performer": [{"actor": PHARMACY}], "destination": WARD, "receiver": [BY]
    }  # fmt: skip
    yield {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "requester": BY, **subject} | {
        "medicationCodeableConcept": CODE, "dispenseRequest": {"performer": PHARMACY}
    }  # fmt: skip
    yield {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "performer": [AT], **subject} | {
        "locationReference": [WARD],
        "requester": BY,
    }
    yield {"resourceType": "Immunization", "status": "completed", "vaccineCode": CODE, "location": WARD, **patient} | {
        "occurrenceDateTime": WHEN, "performer": [{"actor": AT}], "manufacturer": AT
    }  # fmt: skip
    yield {
        "resourceType": "EpisodeOfCare",
        "status": "active",
        "managingOrganization": AT,
        "careManager": BY,
        **patient,
    }
    yield {
        "resourceType": "CareTeam",
        "managingOrganization": [AT],
        "participant": [{"member": AT}, {"member": BY}],
        **subject,
    }
    yield {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "for": about,
        "owner": AT,
        "location": WARD,
    }
    yield {"resourceType": "Communication", "status": "completed", "sender": AT, **subject} | {
        "payload": [{"contentAttachment": document}],
        "recipient": [AT],
    }
    yield {"resourceType": "Media", "status": "completed", "content": document, "operator": BY, **subject}
    yield {"resourceType": "Coverage", "status": "active", "beneficiary": about, "payor": [AT]}


def named(who: Somebody) -> list[JsonObject]:
    return [each | {"id": f"{who.name}-tells-{each['resourceType']}"} for each in entries(who)]


async def brought(area: Area) -> None:
    await know(area, RESTRICTED, label="R")
    await know(area, CONTROL, label=None)
    await area.hospital.update(organisation("FA123", id="hideaway-pharmacy") | {"name": f"{PLACE} Pharmacy"})
    doctor = {"resourceType": "Practitioner", "id": "hideaway-doctor", "name": [{"family": PLACE}]}
    await area.hospital.update(doctor)
    for who in (RESTRICTED, CONTROL):
        for entry in named(who):
            await area.hospital.update(entry | {"language": "en"})
            await area.hospital.update(entry)


async def told(asker: Asker, who: Somebody) -> dict[str, bytes]:
    """What a clinician elsewhere is told about each entry, by channel."""
    found: dict[str, list[bytes | None]] = {}
    for entry in named(who):
        reference = f"{entry['resourceType']}/{entry['id']}"
        found[f"read {reference}"] = [(await asker.read(reference)).body]
        found[f"vread {reference}"] = [(await asker.vread(reference, 1)).body]
        found[f"history {reference}"] = [each.body for each in (await asker.history(reference)).versions]
        includes = "&".join(f"_include={entry['resourceType']}:{code}" for code in referring(entry["resourceType"]))
        page = await search(asker, who, entry["resourceType"], includes)
        assert entry["id"] in [each.id for each in page.matches]
        found[f"search {reference}"] = [each.body for each in page.entries()]
    found["everything"] = [each.body for each in (await asker.everything(f"Patient/{who.plain_id}")).found]
    return {channel: b"\n".join(body or b"" for body in bodies) for channel, bodies in found.items()}


def referring(resource_type: str) -> list[str]:
    return [code for code, each in parameters_of(resource_type).items() if each.kind is Kind.REFERENCE]


async def test_no_entry_tells_where_a_restricted_person_is_on_any_channel(area: Area) -> None:
    await brought(area)
    tells = (PLACE.encode(), WORDS.encode())
    hidden = await told(area.gp, RESTRICTED)
    assert {channel for channel, body in hidden.items() if any(each in body for each in tells)} == set()
    shown = await told(area.gp, CONTROL)
    assert {channel for channel, body in shown.items() if not any(each in body for each in tells)} == set()


async def test_no_entry_of_a_restricted_person_is_found_by_a_place_or_by_who_gave_the_care(area: Area) -> None:
    await brought(area)
    found = []
    for entry in named(CONTROL):
        for code in referring(entry["resourceType"]):
            for target in ("hideaway-ward", PRACTICE, "hideaway-doctor", "hideaway-pharmacy"):
                control = await _matches(area.gp, CONTROL, entry, f"{code}={_typed(target)}")
                if control:
                    found.append(f"{entry['resourceType']}?{code}")
                    assert not await _matches(area.gp, RESTRICTED, entry, f"{code}={_typed(target)}"), found[-1]
    assert len(set(found)) > 15


def _typed(target: str) -> str:
    kinds = {"hideaway-ward": "Location", "hideaway-doctor": "Practitioner"}
    return f"{kinds.get(target, 'Organization')}/{target}"


async def _matches(asker: Asker, who: Somebody, entry: JsonObject, text: str) -> list[Any]:
    try:
        return list((await search(asker, who, entry["resourceType"], text)).matches)
    except Incorrect:
        return []  # The parameter leads to nothing of this type.
