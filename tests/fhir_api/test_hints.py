"""Hints: a refusal says what would work, and what it says works."""

from typing import Any, Final

import pytest

from lhcr.access.subject_parameter import naming_codes
from lhcr.fhir.search.catalogue import parameters_of, type_ids

NHS: Final = "https://fhir.nhs.uk/Id/nhs-number"


def said(response: Any, status: int) -> str:
    assert response.status_code == status, response.text
    return str(response.json()["issue"][0]["diagnostics"])


async def test_a_trace_needs_the_system_of_the_number(area: Any, build: Any) -> None:
    number = {"system": NHS, "value": "9990000018"}
    await area.supplier.create(build.patient(identifier=[number]))
    told = said(await area.gp.get("/Patient?identifier=9990000018"), 403)
    assert f"identifier={NHS}|[number]" in told
    assert "patient=" not in told
    assert len((await area.gp.get(f"/Patient?identifier={NHS}|9990000018")).json()["entry"]) == 1


@pytest.mark.parametrize("path", ["/Observation/_history", "/_history", "/Patient/_history"])
@pytest.mark.parametrize("asker", ["gp", "citizen"])
async def test_the_history_of_a_type_leads_to_that_of_one_entry(area: Any, asker: str, path: str) -> None:
    told = said(await area.asker(asker).get(path), 403)
    assert "[type]/[id]/_history" in told
    assert (await area.gp.get("/Observation/_history?patient=x")).status_code == 400


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/Appointment?status=booked", "add patient=[id"),
        ("/Group?type=person", "add member=Patient/[id]"),
        ("/Schedule?active=true", "add actor=Patient/[id]"),
        ("/Coverage?status=active", "add patient=[id"),
        ("/SupplyRequest?status=active", "add subject=Patient/[id]"),
        ("/Bundle?type=document", "can name nobody"),
        ("/Slot?status=free", "can name nobody"),
        ("/?_type=Observation,Condition", "add patient=[id"),
    ],
)
async def test_the_parameter_that_is_to_be_added_is_one_of_the_type(area: Any, path: str, hint: str) -> None:
    assert hint in said(await area.gp.get(path), 403)


def test_every_parameter_that_is_named_exists() -> None:
    for name in type_ids():
        assert {*naming_codes(name)} <= {*parameters_of(name)}
        assert "patient" not in parameters_of(name) or name == "Patient" or naming_codes(name)[0] == "patient"


async def test_a_citizen_who_names_nobody_is_asked_for_a_name(area: Any) -> None:
    told = said(await area.asker("citizen").get("/Observation?code=x"), 403)
    assert "patient=[id of their Patient]" in told
    assert "_id=[id]" in said(await area.asker("citizen").get("/Patient?family=x"), 403)
    written = await area.asker("citizen").send("POST", "/Basic", {"resourceType": "Basic", "code": {"text": "x"}})
    assert "patient=" not in said(written, 403)


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("POST", "/Patient/_search", "application/x-www-form-urlencoded"),
        ("PATCH", "/Patient/x", "application/json-patch+json"),
        ("PUT", "/Patient/x", "application/fhir+json or application/fhir+xml"),
    ],
)
async def test_a_body_of_another_form_is_told_the_media_type(
    supplier: Any, method: str, path: str, wanted: str
) -> None:
    sent = "application/json-patch+json" if method == "PUT" else "application/fhir+json"
    response = await supplier.ask(method, path, content=b"[]", headers={"content-type": sent})
    assert said(response, 415).endswith(f" {wanted}.")


async def test_what_is_included_from_what_is_included_needs_iterate(supplier: Any, build: Any) -> None:
    made = await supplier.create(build.patient())
    path = f"/Observation?patient={made['id']}&_include=Observation:encounter"
    told = said(await supplier.get(f"{path}&_include=Encounter:participant"), 400)
    assert "`_include:iterate`" in told
    assert (await supplier.get(f"{path}&_include:iterate=Encounter:participant")).status_code == 200
    nothing = said(await supplier.get(f"{path}&_revinclude=Encounter:participant"), 400)
    assert "iterate" not in nothing


async def test_a_value_that_is_not_of_its_type_is_told_the_form(supplier: Any, build: Any) -> None:
    wrong = build.observation("x", effectiveDateTime="2024-05-31T14:30")
    assert "2024-05-31T14:30:00Z" in said(await supplier.send("POST", "/Observation", wrong), 400)
    empty = build.patient(name=[{"family": ""}])
    assert "it is empty" in said(await supplier.send("POST", "/Patient", empty), 400)


async def test_an_entry_cannot_ask_for_the_capability_statement(supplier: Any) -> None:
    entry = {"request": {"method": "GET", "url": "metadata"}}
    answer = await supplier.send("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [entry]})
    response = answer.json()["entry"][0]["response"]
    assert response["status"].startswith("404")
    assert "Send GET [base]/metadata by itself" in response["outcome"]["issue"][0]["diagnostics"]
