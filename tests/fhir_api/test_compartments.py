"""Compartments of an Encounter, a RelatedPerson, a Practitioner and a Device, for everybody who may ask."""

from typing import Any

import pytest

_RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


@pytest.fixture(scope="module")
async def ward(area: Any) -> dict[str, str]:
    """Ids of somebody whom the practice knows and of a stranger, and of what is about them."""
    supplier = area.supplier
    known, stranger = await _person(supplier, "Known"), await _person(supplier, "Stranger")
    await supplier.create(_episode(known["patient"]))
    found = {**known, **{f"strange-{name}": each for name, each in stranger.items()}}
    hidden = _encounter(known["patient"], meta=_RESTRICTED)
    found["hidden"] = (await supplier.create(hidden))["id"]
    await supplier.create(_observation(known["patient"], found["hidden"]))
    return found


async def _person(supplier: Any, name: str) -> dict[str, str]:
    patient = (await supplier.create({"resourceType": "Patient", "name": [{"family": name}]}))["id"]
    encounter = (await supplier.create(_encounter(patient)))["id"]
    about = {"reference": f"Patient/{patient}"}
    related = (await supplier.create({"resourceType": "RelatedPerson", "patient": about}))["id"]
    await supplier.create(_observation(patient, encounter, performer=[{"reference": "Practitioner/doctor"}]))
    await supplier.create(_observation(patient, encounter, performer=[{"reference": f"RelatedPerson/{related}"}]))
    await supplier.create(_observation(patient, encounter, device={"reference": "Device/scales"}))
    return {"patient": patient, "encounter": encounter, "related": related}


def _encounter(patient: str, **more: Any) -> dict[str, Any]:
    about = {"reference": f"Patient/{patient}"}
    return {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": about, **more}


def _observation(patient: str, encounter: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": f"Patient/{patient}"},
        "encounter": {"reference": f"Encounter/{encounter}"},
        **more,
    }


def _episode(patient: str) -> dict[str, Any]:
    practice = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    about = {"reference": f"Patient/{patient}"}
    return {"resourceType": "EpisodeOfCare", "status": "active", "patient": about, "managingOrganization": practice}


def types(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return sorted(each["resource"]["resourceType"] for each in response.json().get("entry", ()))


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["issue"][0]["details"]["coding"][0]["code"]


async def test_a_clinician_reads_the_compartment_of_an_encounter(gp: Any, ward: dict[str, str]) -> None:
    path = f"/Encounter/{ward['encounter']}"
    assert types(await gp.get(f"{path}/Observation")) == ["Observation"] * 3
    assert types(await gp.get(f"{path}/Observation?device=Device/scales")) == ["Observation"]
    assert types(await gp.ask("POST", f"{path}/Observation/_search", data={"device": "scales"})) == ["Observation"]


async def test_a_clinician_reads_the_compartment_of_a_related_person(gp: Any, ward: dict[str, str]) -> None:
    assert types(await gp.get(f"/RelatedPerson/{ward['related']}/Observation")) == ["Observation"]


@pytest.mark.parametrize("asker", ["gp", "supplier"])
async def test_an_encounter_is_in_its_own_compartment(area: Any, asker: str, ward: dict[str, str]) -> None:
    path = f"/Encounter/{ward['encounter']}"
    assert types(await area.asker(asker).get(f"{path}/*")) == ["Encounter", *["Observation"] * 3]
    assert types(await area.asker(asker).get(f"{path}/Encounter")) == ["Encounter"]
    assert types(await area.asker(asker).get(f"{path}/*?_type=Encounter")) == ["Encounter"]


async def test_the_pages_of_an_encounters_compartment_stay_in_it(gp: Any, ward: dict[str, str]) -> None:
    first = (await gp.get(f"/Encounter/{ward['encounter']}/*?_count=3&_total=accurate")).json()
    assert (len(first["entry"]), first["total"]) == (3, 4)
    following = next(each["url"] for each in first["link"] if each["relation"] == "next")
    assert len(types(await gp.get(following.removeprefix("http://area.test/fhir")))) == 1


async def test_a_strangers_a_hidden_and_no_encounter_read_the_same(gp: Any, ward: dict[str, str]) -> None:
    """Hazard: sensitive item exposed, by the difference between what may not be seen and what is not there."""
    for member in ("Observation", "Encounter", "*"):
        answers = [
            await gp.get(f"/Encounter/{asked}/{member}")
            for asked in (ward["strange-encounter"], ward["hidden"], "never-was")
        ]
        assert {each.content for each in answers} == {answers[0].content}
        assert {error(each) for each in answers} == {(404, "not-found")}
    related = [await gp.get(f"/RelatedPerson/{asked}/Observation") for asked in (ward["strange-related"], "never-was")]
    assert related[0].content == related[1].content


async def test_a_compartment_tells_what_reading_its_encounter_tells(gp: Any, ward: dict[str, str]) -> None:
    for asked in (ward["strange-encounter"], ward["hidden"], "never-was"):
        read, searched = await gp.get(f"/Encounter/{asked}"), await gp.get(f"/Encounter/{asked}/Observation")
        assert (read.status_code, read.content) == (searched.status_code, searched.content)


async def test_the_compartment_of_a_deleted_encounter_is_gone(area: Any, gp: Any, ward: dict[str, str]) -> None:
    made = (await area.supplier.create(_encounter(ward["patient"])))["id"]
    await area.supplier.ask("DELETE", f"/Encounter/{made}")
    assert error(await gp.get(f"/Encounter/{made}/Observation")) == (410, "deleted")


async def test_a_role_that_reads_nothing_clinical_is_told_so_whatever_the_encounter(
    area: Any, ward: dict[str, str]
) -> None:
    for asked in (ward["encounter"], "never-was"):
        assert error(await area.asker("receptionist").get(f"/Encounter/{asked}/Observation")) == (403, "role")


@pytest.mark.parametrize(("compartment", "id"), [("Practitioner", "doctor"), ("Device", "scales")])
async def test_what_crosses_persons_is_refused_as_the_search_over_persons_is(
    gp: Any, ward: dict[str, str], compartment: str, id: str
) -> None:
    for asked in (id, "never-was"):
        assert error(await gp.get(f"/{compartment}/{asked}/Observation")) == (403, "person-not-named")
    assert error(await gp.get("/Observation")) == (403, "person-not-named")
    about = f"patient={ward['patient']}"
    assert types(await gp.get(f"/{compartment}/{id}/Observation?{about}")) == ["Observation"]
    about = f"patient={ward['strange-patient']}"
    assert error(await gp.get(f"/{compartment}/{id}/Observation?{about}")) == (403, "relationship")


@pytest.mark.parametrize(("compartment", "id"), [("Practitioner", "doctor"), ("Device", "scales")])
async def test_a_system_sees_its_own_contributions_across_persons(
    area: Any, ward: dict[str, str], compartment: str, id: str
) -> None:
    assert ward
    assert types(await area.supplier.get(f"/{compartment}/{id}/Observation")) == ["Observation"] * 2
    assert types(await area.supplier.get(f"/{compartment}/{id}/*")) == ["Observation"] * 2
    assert types(await area.asker("other-supplier").get(f"/{compartment}/{id}/Observation")) == []


async def test_a_practitioner_is_in_their_own_compartment(area: Any) -> None:
    made = (await area.supplier.create({"resourceType": "Practitioner", "name": [{"family": "Own"}]}))["id"]
    assert types(await area.supplier.get(f"/Practitioner/{made}/*")) == ["Practitioner"]
    assert types(await area.gp.get(f"/Practitioner/{made}/Practitioner")) == ["Practitioner"]
