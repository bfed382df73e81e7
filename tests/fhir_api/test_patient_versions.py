"""ETags of a Patient over HTTP: what was read with one can be changed with it. Hazard: lost update."""

from typing import Any

import pytest

NUMBER = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000077"}
CONTENT = {"content-type": "application/fhir+json"}
SHOWN = ("etag", "last-modified")


@pytest.fixture(scope="module")
async def own(area: Any) -> str:
    """A person of three organisations, of whom the practice came first; return the id of its Patient."""
    patient = {"resourceType": "Patient", "name": [{"family": "Fell"}], "identifier": [NUMBER]}
    created: dict[str, str] = await area.asker("practice-system").create(patient)
    for index, asker in enumerate(("supplier", "other-supplier")):
        theirs = await area.asker(asker).create({**patient, "birthDate": "1950-01-01"})
        changed = {**theirs, "active": bool(index)}
        assert (await area.asker(asker).send("PUT", f"/Patient/{theirs['id']}", changed)).status_code == 200
    return created["id"]


async def test_what_was_read_is_changed_with_its_etag_again_and_again(gp: Any, own: str) -> None:
    for gender in ("female", "other"):
        read = await gp.get(f"/Patient/{own}")
        changed = {**read.json(), "gender": gender}
        written = await gp.send("PUT", f"/Patient/{own}", changed, if_match=read.headers["etag"])
        assert written.status_code == 200, written.text
        after = await gp.get(f"/Patient/{own}")
        assert [written.headers[name] for name in SHOWN] == [after.headers[name] for name in SHOWN]
        assert written.content == after.content
        stale = await gp.send("PUT", f"/Patient/{own}", changed, if_match=read.headers["etag"])
        assert (stale.status_code, stale.json()["issue"][0]["code"]) == (412, "conflict")


async def test_an_entry_of_a_transaction_tells_the_etag_and_place_that_are_read(gp: Any, own: str) -> None:
    read = await gp.get(f"/Patient/{own}")
    request = {"method": "PUT", "url": f"Patient/{own}", "ifMatch": read.headers["etag"]}
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": {**read.json(), "active": True}, "request": request}],
    }
    response = (await gp.send("POST", "", bundle)).json()["entry"][0]["response"]
    after = await gp.get(f"/Patient/{own}")
    assert response["etag"] == after.headers["etag"]
    assert response["lastModified"] == after.json()["meta"]["lastUpdated"]
    version = await gp.get(response["location"].removeprefix("http://area.test/fhir"))
    assert version.content == after.content


async def test_a_system_is_told_its_own_versions_alone(area: Any, own: str) -> None:
    system = area.asker("practice-system")
    read = await system.get(f"/Patient/{own}")
    written = await system.send("PUT", f"/Patient/{own}", read.json(), if_match=read.headers["etag"])
    number = int(read.headers["etag"].strip('W/"'))
    assert (written.status_code, written.headers["etag"]) == (200, f'W/"{number + 1}"')
