"""What people, rather than systems, do over HTTP: a practice with somebody new, and a citizen with their own record."""

from typing import Any

NHS = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"


async def test_a_practice_records_somebody_new_and_sees_what_it_recorded(gp: Any, build: Any) -> None:
    patient = await gp.create(build.patient())
    made = await gp.create(build.observation(patient["id"]))
    path = f"/Patient/{patient['id']}"
    assert (await gp.get(f"/Observation/{made['id']}")).json() == made
    assert len((await gp.get(f"{path}/$everything")).json()["entry"]) == 2
    assert len((await gp.get(f"{path}/Observation")).json()["entry"]) == 1
    changed = {**made, "status": "amended"}
    assert (await gp.send("PUT", f"/Observation/{made['id']}", changed)).status_code == 200
    assert len((await gp.get(f"/Observation/{made['id']}/_history")).json()["entry"]) == 2
    assert (await gp.ask("DELETE", f"/Observation/{made['id']}")).status_code == 204


async def test_a_practice_writes_a_new_person_and_their_entries_in_one_transaction(gp: Any, build: Any) -> None:
    entries = [
        {"fullUrl": "urn:uuid:p", "resource": build.patient(), "request": {"method": "POST", "url": "Patient"}},
        {
            "resource": build.observation("x", subject={"reference": "urn:uuid:p"}),
            "request": {"method": "POST", "url": "Observation"},
        },
    ]
    response = await gp.send("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert response.status_code == 200, response.text
    location = response.json()["entry"][1]["response"]["location"]
    assert (await gp.get(location.removeprefix("http://area.test/fhir"))).status_code == 200


async def test_an_id_does_not_tell_whether_a_stranger_s_entry_exists(area: Any, gp: Any, build: Any) -> None:
    """Hazard: a sensitive item exposed by its mere existence."""
    stranger = await area.supplier.create(build.patient())
    theirs = await area.supplier.create(build.observation(stranger["id"]))
    exists = await gp.get(f"/Observation/{theirs['id']}")
    never_was = await gp.get("/Observation/never-was")
    assert exists.status_code == never_was.status_code == 404
    assert exists.content == never_was.content


async def test_a_registration_opens_what_others_recorded(area: Any, gp: Any, build: Any) -> None:
    number = {"system": NHS, "value": "9990000069"}
    hospital = await area.supplier.create(build.patient(identifier=[number]))
    theirs = await area.supplier.create(build.observation(hospital["id"]))
    assert (await gp.get(f"/Observation/{theirs['id']}")).status_code == 404
    joined = await gp.send("POST", "/Patient", build.patient(identifier=[number]))
    assert (
        joined.status_code == 403
    )  # Somebody who is here already is joined by feeds, which are not asked for a reason.
    practice = area.asker("practice-system")
    patient = await practice.create(build.patient(identifier=[number]))
    organisation = {"resourceType": "Organization", "name": "S", "identifier": [{"system": ODS, "value": "A81001"}]}
    await practice.create(organisation)
    await practice.create(build.registration(patient["id"], "A81001"))
    assert (await gp.get(f"/Observation/{theirs['id']}")).json() == theirs


async def test_hazard_wrong_person_an_entry_that_names_a_stranger_by_number_is_refused(
    area: Any, gp: Any, build: Any
) -> None:
    """Hazard: a professional files something into the record of somebody who is not theirs, without a decision about them."""
    number = {"system": NHS, "value": "9990000077"}
    stranger = await area.supplier.create(build.patient(identifier=[number]))
    before = await area.rows("SELECT count(*) AS n FROM resource")
    for subject in ({"identifier": number}, {"reference": f"Patient?identifier={NHS}|9990000077"}):
        entry = build.observation(stranger["id"], subject=subject)
        alone = await gp.send("POST", "/Observation", entry)
        bundle = {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [{"resource": entry, "request": {"method": "POST", "url": "Observation"}}],
        }
        together = await gp.send("POST", "", bundle)
        assert alone.status_code in {403, 412, 422}, alone.text
        assert together.status_code in {403, 412, 422}, together.text
    assert await area.rows("SELECT count(*) AS n FROM resource") == before


async def test_a_citizen_opens_their_own_record_and_writes_nothing(area: Any, build: Any) -> None:
    patient = await area.supplier.create(build.patient(identifier=[{"system": NHS, "value": "9990000085"}]))
    other = await area.supplier.create(build.patient())
    citizen = area.asker("citizen")
    for path in (
        f"/Patient/{patient['id']}",
        f"/Patient/{patient['id']}/$everything",
        f"/Patient?identifier={NHS}|9990000085",
    ):
        assert (await citizen.get(path)).status_code == 200, path
    assert (await citizen.get(f"/Patient/{other['id']}")).status_code == 403
    assert (await citizen.send("POST", "/Observation", build.observation(patient["id"]))).status_code == 403
