"""What the directory holds under a label that hides it: hidden alike from reading, searching, inclusion, chains and histories.

Hazard: sensitive item exposed. A clinic's name that says what its patients are treated for is found where it cannot be read.
"""

from typing import Any

import pytest

_LABEL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}]}
_SYSTEM = "urn:clinics"


@pytest.fixture(scope="module")
async def clinic(area: Any) -> dict[str, str]:
    """A hidden clinic within an open hospital, with a practitioner there, and somebody registered with the practice."""
    supplier = area.supplier
    hospital = (await supplier.create({"resourceType": "Organization", "name": "Open hospital"}))["id"]
    hidden = (
        await supplier.create(
            {
                "resourceType": "Organization",
                "name": "Hidden clinic",
                "meta": _LABEL,
                "identifier": [{"system": _SYSTEM, "value": "hidden"}],
                "partOf": {"reference": f"Organization/{hospital}"},
            }
        )
    )["id"]
    patient = (await supplier.create({"resourceType": "Patient", "name": [{"family": "Fell"}]}))["id"]
    about = {"reference": f"Patient/{patient}"}
    practice = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    await supplier.create(
        {"resourceType": "EpisodeOfCare", "status": "active", "patient": about, "managingOrganization": practice}
    )
    encounter = await supplier.create(
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": about,
            "serviceProvider": {"reference": f"Organization/{hidden}"},
        }
    )
    role = {"resourceType": "PractitionerRole", "organization": {"reference": f"Organization/{hidden}"}}
    open_role = (await supplier.create(role))["id"]
    return {"hospital": hospital, "hidden": hidden, "patient": patient, "encounter": encounter["id"], "role": open_role}


def ids(response: Any) -> set[str]:
    assert response.status_code == 200, response.text
    return {each["resource"]["id"] for each in response.json().get("entry", ())}


def asked(clinic: dict[str, str]) -> dict[str, str]:
    """Every way to the clinic, with the one of its resources that tells of it."""
    patient = f"patient={clinic['patient']}"
    return {
        "/Organization?name=Hidden": "hidden",
        f"/Organization?_id={clinic['hidden']}": "hidden",
        f"/Organization?identifier={_SYSTEM}|hidden": "hidden",
        f"/Organization?partof={clinic['hospital']}": "hidden",
        "/Organization?name:missing=false&_count=500": "hidden",
        "/Organization?_sort=-name&_count=500": "hidden",
        f"/Encounter?{patient}&_include=Encounter:service-provider": "hidden",
        f"/Encounter?{patient}&service-provider.name=Hidden": "encounter",
        f"/Organization?_id={clinic['hospital']}&_revinclude=Organization:partof": "hidden",
        f"/Organization?_has:Organization:partof:name=Hidden&_id={clinic['hospital']}": "hospital",
        f"/PractitionerRole?_id={clinic['role']}&_include=PractitionerRole:organization": "hidden",
        "/PractitionerRole?organization.name=Hidden": "role",
        f"/Organization/{clinic['hidden']}/_history": "hidden",
        "/Organization/_history?_count=500": "hidden",
    }


async def test_its_own_source_finds_it_in_every_way(area: Any, clinic: dict[str, str]) -> None:
    for path, named in asked(clinic).items():
        assert clinic[named] in ids(await area.supplier.get(path)), path


async def test_nobody_else_finds_it_in_any_way(gp: Any, clinic: dict[str, str]) -> None:
    assert (await gp.get(f"/Organization/{clinic['hidden']}")).status_code == 404
    assert (await gp.get(f"/Organization/{clinic['hidden']}/_history/1")).status_code == 404
    for path, named in asked(clinic).items():
        response = await gp.get(path)
        if path.endswith(f"{clinic['hidden']}/_history"):
            assert response.status_code == 404
        else:
            assert clinic[named] not in ids(response), path


async def test_no_count_tells_of_it(gp: Any, clinic: dict[str, str]) -> None:
    assert (await gp.get("/Organization?name=Hidden&_summary=count")).json()["total"] == 0
    found = await gp.get("/Organization?name:contains=clinic&_total=accurate")
    assert (found.json()["total"], ids(found)) == (0, set())
    assert clinic


async def test_no_write_tells_of_it(area: Any, clinic: dict[str, str]) -> None:
    """A conditional reference means what its own source may see."""
    other = area.asker("practice-system")
    about = (await other.create({"resourceType": "Patient", "name": [{"family": "Other"}]}))["id"]
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{about}"},
    }
    for condition in (f"identifier={_SYSTEM}|hidden", "name=Hidden clinic", f"_id={clinic['hidden']}"):
        sent = {"resource": encounter | {"serviceProvider": {"reference": f"Organization?{condition}"}}}
        entry = sent | {"request": {"method": "POST", "url": "Encounter"}}
        transaction = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
        assert (await other.send("POST", "", transaction)).status_code == 412, condition
        assert (await area.supplier.send("POST", "", transaction)).status_code != 412, condition
    repeated = {"resourceType": "Organization", "name": "Hidden clinic"}
    made = await other.send("POST", "/Organization", repeated, if_none_exist=f"identifier={_SYSTEM}|hidden")
    assert made.status_code == 201
