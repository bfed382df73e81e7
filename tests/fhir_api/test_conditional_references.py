"""Conditions and conditional references: each means what its own entry may see alone, within the scopes of the token."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from tests.logged import logged_entry

_NUMBER: Final = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000107"}


@pytest.fixture(scope="module")
async def known(area: Any) -> dict[str, str]:
    """The ids of somebody whom hospital and practice know, of the hospital's encounter and of the practice's observation."""
    supplier = area.supplier
    patient = (await supplier.create({"resourceType": "Patient", "identifier": [_NUMBER]}))["id"]
    about = {"subject": {"reference": f"Patient/{patient}"}}
    site = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    episode = {"resourceType": "EpisodeOfCare", "status": "active", "managingOrganization": site}
    await supplier.create(episode | {"patient": about["subject"]})
    met = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, **about}
    encounter = (await supplier.create(met))["id"]
    seen = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **about}
    own = (await area.gp.create(seen))["id"]
    return {"patient": patient, "encounter": encounter, "own": own}


def observation(known: dict[str, str], **more: Any) -> dict[str, Any]:
    about = {"reference": f"Patient/{known['patient']}"}
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": about, **more}


def posting(resource: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"], **more}}


def transaction(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


async def test_a_conditional_reference_means_in_a_transaction_what_it_means_alone(
    area: Any, known: dict[str, str]
) -> None:
    """Hazard: partial record. An update reaches own entries alone and a create all that may be seen, whatever stands beside."""
    about = {"reference": f"Patient/{known['patient']}"}
    meeting = {"encounter": {"reference": f"Encounter?status=finished&patient={known['patient']}"}}
    made = posting(observation(known, **meeting))
    changed = {
        "resource": observation(known, id=known["own"], **meeting),
        "request": {"method": "PUT", "url": f"Observation/{known['own']}"},
    }
    creating = posting({"resourceType": "AllergyIntolerance", "patient": about})
    allergy = await area.gp.create({"resourceType": "AllergyIntolerance", "patient": about})
    deleting = {"request": {"method": "DELETE", "url": f"AllergyIntolerance/{allergy['id']}"}}
    for beside in ([], [creating], [deleting]):
        answer = await area.gp.send("POST", "", transaction(made, *beside))
        assert answer.status_code == 200, answer.text
        answer = await area.gp.send("POST", "", transaction(changed, *beside))
        assert (answer.status_code, "reference-unresolved" in answer.text) == (412, True), answer.text
    answer = await area.gp.send("POST", "", transaction(made, changed))
    assert (answer.status_code, "reference-unresolved" in answer.text) == (412, True)


@pytest.mark.parametrize(
    ("element", "reference", "type_"),
    [
        ("encounter", "Encounter?status=finished", "Encounter"),
        ("encounter", "http://area.test/fhir/Encounter?status=finished", "Encounter"),
        ("encounter", "Encounter?_id={encounter}", "Encounter"),
        ("encounter", "Encounter?subject:Patient.identifier=9990000107", "Patient"),
        ("subject", "Patient?identifier=9990000107", "Patient"),
    ],
)
async def test_hazard_a_conditional_reference_asks_no_type_that_scopes_do_not_name(
    area: Any, known: dict[str, str], granted: Callable[..., Any], element: str, reference: str, type_: str
) -> None:
    """Hazard: a sensitive item exposed, by a reference that is answered with what it means."""
    text = reference.format(**known)
    sent = transaction(posting(observation(known, **{element: {"reference": text}})))
    scopes = ["system/Observation.cruds", *(["system/Encounter.rs"] if type_ == "Patient" else [])]
    refused = await granted("supplier", *scopes, **{"x-request-id": f"asks-{type_}"}).send("POST", "", sent)
    assert (refused.status_code, _code(refused)) == (403, "scope"), refused.text
    assert known["encounter"] not in refused.text
    assert {(each["subtype"], each["outcome"]) for each in await logged(area, f"asks-{type_}")} == {("search", "4")}
    every = ("system/Observation.cruds", "system/Encounter.rs", "system/Patient.rs")
    answer = await granted("supplier", *every).send("POST", "", sent)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("kind", ["alone", "transaction"])
async def test_hazard_a_condition_asks_no_type_that_scopes_do_not_name(
    known: dict[str, str], granted: Callable[..., Any], supplier: Any, kind: str
) -> None:
    """Hazards: a sensitive item exposed by whether something is found, and a duplicate where nothing was looked at."""
    meeting = {"encounter": {"reference": f"Encounter/{known['encounter']}"}}
    await supplier.create(observation(known, **meeting, identifier=[{"system": "urn:chained", "value": kind}]))
    condition = f"identifier=urn:chained|{kind}&encounter:Encounter.status=finished"
    resource = observation(known)

    async def send(asker: Any) -> Any:
        if kind == "alone":
            return await asker.send("POST", "/Observation", resource, if_none_exist=condition)
        return await asker.send("POST", "", transaction(posting(resource, ifNoneExist=condition)))

    refused = await send(granted("supplier", "system/Observation.cruds"))
    assert (refused.status_code, _code(refused)) == (403, "scope"), refused.text
    found = await send(granted("supplier", "system/Observation.cruds", "system/Encounter.rs"))
    assert found.status_code == 200, found.text
    assert kind == "alone" or found.json()["entry"][0]["response"]["status"].startswith("200")


@pytest.mark.parametrize("letters", ["c", "u", "cu"])
async def test_hazard_a_condition_that_may_not_be_looked_up_makes_no_duplicate(
    known: dict[str, str], granted: Callable[..., Any], supplier: Any, letters: str
) -> None:
    asker = granted("supplier", f"system/Observation.{letters}")
    await supplier.create(observation(known, identifier=[{"system": "urn:again", "value": letters}]))
    condition, count = f"identifier=urn:again|{letters}", f"/Observation?identifier=urn:again|{letters}&_summary=count"
    again = observation(known, identifier=[{"system": "urn:again", "value": letters}])
    created = await asker.send("POST", "/Observation", again, if_none_exist=condition)
    updated = await asker.send("PUT", f"/Observation?{condition}", again)
    assert (created.status_code, updated.status_code) == (403, 403)
    assert (await supplier.get(count)).json()["total"] == 1


def _code(response: Any) -> str:
    code: str = response.json()["issue"][0]["details"]["coding"][0]["code"]
    return code


async def logged(area: Any, request_id: str) -> list[dict[str, Any]]:
    rows = await area.rows(
        "SELECT convert_from(text, 'UTF8') AS text FROM audit_entry WHERE convert_from(text, 'UTF8') LIKE $1",
        f'%"{request_id}"%',
    )
    return [logged_entry(row["text"]) for row in rows]
