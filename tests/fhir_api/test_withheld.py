"""An answer says what its reader's role leaves out of it, from policy alone."""

from typing import Any

import pytest

_VITAL_SIGN = [{"coding": [{"code": "vital-signs"}]}]


@pytest.fixture(scope="module")
async def patient(area: Any) -> str:
    """Somebody whom the practice and the pharmacy know, with one entry of each kind that the answers tell apart."""
    supplier = area.supplier
    made: str = (await supplier.create({"resourceType": "Patient", "name": [{"family": "Fell"}]}))["id"]
    about = {"reference": f"Patient/{made}"}
    for ods in ("A81001", "FA123"):
        site = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": ods}}
        episode = {"resourceType": "EpisodeOfCare", "status": "active", "patient": about, "managingOrganization": site}
        await supplier.create(episode)
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": about}
    await supplier.create(observation)
    await supplier.create(observation | {"category": _VITAL_SIGN})
    await supplier.create({"resourceType": "AllergyIntolerance", "patient": about})
    return made


def told(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    outcomes = [each["resource"] for each in response.json().get("entry", ()) if each["search"]["mode"] == "outcome"]
    return [issue["diagnostics"] for outcome in outcomes for issue in outcome["issue"]]


def types(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [each["resource"]["resourceType"] for each in response.json()["entry"] if each["search"]["mode"] == "match"]


async def test_whoever_sees_every_kind_is_told_of_none(gp: Any, patient: str) -> None:
    for path in (f"/Patient/{patient}/$everything", f"/Patient/{patient}/*", f"/Observation?patient={patient}"):
        assert told(await gp.get(path)) == []


async def test_a_whole_record_says_which_kinds_are_left_out(area: Any, patient: str) -> None:
    """Hazard: "none" inferred from what was not looked at."""
    technician = area.asker("technician")
    for path in (f"/Patient/{patient}/$everything", f"/Patient/{patient}/*"):
        response = await technician.get(path)
        (said,) = told(response)
        assert " Encounter, EnrollmentRequest," in said
        assert " Observation, " in said
        assert "formulation" not in said
        assert "AllergyIntolerance" not in said
        assert sorted(types(response)) == ["AllergyIntolerance", "Patient"]
    whole = await technician.get(f"/Patient/{patient}/$everything")
    assert whole.json()["total"] == 2
    assert told(await technician.get(f"/Patient/{patient}/$everything?_type=AllergyIntolerance")) == []


async def test_a_type_of_several_kinds_says_which_of_them_are_left_out(area: Any, patient: str) -> None:
    social_worker = area.asker("social-worker")
    response = await social_worker.get(f"/Observation?patient={patient}")
    assert types(response) == ["Observation"]
    assert told(response)[0].startswith(
        "Your role does not let you see entries of these types: Observation (category exam, imaging,"
    )
    nobody = await social_worker.get(f"/Observation?patient={patient}&code=never-was")
    assert told(nobody) == told(response)
    assert told(await social_worker.get(f"/AllergyIntolerance?patient={patient}")) == []
    assert told(await social_worker.get("/Organization")) == []


async def test_what_is_included_says_it_too(area: Any, patient: str) -> None:
    social_worker = area.asker("social-worker")
    included = await social_worker.get(f"/Patient?_id={patient}&_revinclude=Observation:patient")
    assert told(included)[0].startswith(
        "Your role does not let you see entries of these types: Observation (category exam, imaging,"
    )
    members = await social_worker.get(f"/AllergyIntolerance?patient={patient}&_include=AllergyIntolerance:patient")
    assert told(members) == []
    panels = await social_worker.get(f"/DocumentReference?patient={patient}&_include=DocumentReference:relatesto")
    assert told(panels) == []
    named = await area.asker("technician").get(f"/Patient?_id={patient}&_revinclude=Encounter:patient")
    assert told(named)[0].startswith("Your role does not let you see entries of these types: Encounter.")


async def test_a_system_is_told_nothing_of_roles(supplier: Any, patient: str) -> None:
    assert told(await supplier.get(f"/Patient/{patient}/$everything")) == []
