"""Somebody whom a practice, a hospital and a pharmacy know, in an area that takes the practice's word on what people object to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from lhcr.access.policy import baseline_policy
from lhcr.identity.area_settings import ACCESS_POLICY, setting_made_once

ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
NUMBER = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000085"}
HL7 = "http://terminology.hl7.org/CodeSystem"
ABOUT = {"reference": "Patient/somebody"}
#: The same person by the hospital's Patient.
AT_HOSPITAL = {"reference": "Patient/somebody-at-hospital"}


async def take_word_of_practice(dsn: str) -> None:
    consent = msgspec.to_builtins(baseline_policy().file.consent) | {"sources": ["A81001"]}
    connection = await asyncpg.connect(dsn)
    await setting_made_once(connection, ACCESS_POLICY, make=lambda: msgspec.json.encode({"consent": consent}))
    await connection.close()


@asynccontextmanager
async def knowing(make_area: Any, dsn: str) -> AsyncIterator[Any]:
    """An area in which the hospital has an entry of several kinds, and the pharmacy cares for the person and has contributed nothing."""
    await take_word_of_practice(dsn)
    async with make_area(dsn) as area:
        await put(area, "practice-system", {"resourceType": "Patient", "id": "somebody", "identifier": [NUMBER]})
        await put(area, "supplier", {"resourceType": "Patient", "id": "somebody-at-hospital", "identifier": [NUMBER]})
        for ods in ("FA123", "RRE", "A81001"):
            await put(area, "practice-system", episode(ods))
        for resource in entries():
            await put(area, "supplier", resource)
        yield area


def episode(ods: str) -> dict[str, Any]:
    site = {"identifier": {"system": ODS, "value": ods}}
    named = {"resourceType": "EpisodeOfCare", "id": f"at-{ods.lower()}", "status": "active"}
    return named | {"patient": ABOUT, "managingOrganization": site}


def entries() -> list[dict[str, Any]]:
    """What the hospital has, but for what is about a problem."""
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    encounter = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": AT_HOSPITAL}
    observation = {"resourceType": "Observation", "status": "final", "code": code, "subject": AT_HOSPITAL}
    return [
        {"resourceType": "AllergyIntolerance", "id": "an-allergy", "patient": AT_HOSPITAL},
        encounter | {"id": "an-encounter"},
        observation | {"id": "an-observation", "encounter": {"reference": "Encounter/an-encounter"}},
    ]


def problem(id: str, **more: Any) -> dict[str, Any]:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "35489007"}]}
    return {"resourceType": "Condition", "id": id, "subject": AT_HOSPITAL, "code": code, **more}


def objection(provision: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Consent",
        "id": "an-objection",
        "status": "active",
        "scope": {"coding": [{"system": f"{HL7}/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": f"{HL7}/v3-ActCode", "code": "INFA"}]}],
        "policyRule": {"coding": [{"system": f"{HL7}/v3-ActCode", "code": "OPTIN"}]},
        "patient": ABOUT,
        "provision": provision,
        **more,
    }


def to_organisation(ods: str) -> dict[str, Any]:
    return _to_actor("IRCP", ods)


def to_source(ods: str) -> dict[str, Any]:
    return _to_actor("CST", ods)


def to_kind(category: str) -> dict[str, Any]:
    return {"type": "deny", "class": [{"system": "urn:lhcr:category", "code": category}]}


def _to_actor(role: str, ods: str) -> dict[str, Any]:
    coding = {"system": f"{HL7}/v3-ParticipationType", "code": role}
    reference = {"identifier": {"system": ODS, "value": ods}}
    return {"type": "deny", "actor": [{"role": {"coding": [coding]}, "reference": reference}]}


async def put(area: Any, who: str, resource: dict[str, Any]) -> None:
    response = await area.asker(who).send("PUT", f"/{resource['resourceType']}/{resource['id']}", resource)
    assert response.status_code in {200, 201}, response.text


async def object_to(area: Any, provision: dict[str, Any], **more: Any) -> None:
    await put(area, "practice-system", objection(provision, **more))
