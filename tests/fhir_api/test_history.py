"""Histories and whole records over HTTP."""

from typing import Any
from urllib.parse import quote

import pytest


def next_of(response: Any) -> str | None:
    found = [each["url"] for each in response.json()["link"] if each["relation"] == "next"]
    return found[0].removeprefix("http://area.test/fhir") if found else None


def matches(response: Any) -> list[Any]:
    return [each for each in response.json()["entry"] if each["search"]["mode"] == "match"]


def outcomes(response: Any) -> list[str]:
    entries = [each["resource"] for each in response.json()["entry"] if each["search"]["mode"] == "outcome"]
    return [issue["details"]["coding"][0]["code"] for each in entries for issue in each["issue"]]


@pytest.fixture(scope="module")
async def changed(area: Any) -> str:
    """An organisation with four versions, the third a deletion."""
    supplier = area.supplier
    path = "/Organization/changed"
    for name in ("one", "two"):
        await supplier.send("PUT", path, {"resourceType": "Organization", "id": "changed", "name": name})
    await supplier.ask("DELETE", path)
    await supplier.send("PUT", path, {"resourceType": "Organization", "id": "changed", "name": "four"})
    return path


async def test_a_history_tells_every_version_newest_first(supplier: Any, changed: str) -> None:
    response = await supplier.get(f"{changed}/_history")
    assert response.json()["type"] == "history"
    entries = response.json()["entry"]
    assert [each["response"]["etag"] for each in entries] == [f'W/"{version}"' for version in (4, 3, 2, 1)]
    assert [each["request"]["method"] for each in entries] == ["PUT", "DELETE", "PUT", "PUT"]
    assert "resource" not in entries[1]
    assert entries[0]["resource"]["name"] == "four"
    assert entries[0]["response"]["lastModified"] == entries[0]["resource"]["meta"]["lastUpdated"]


async def test_a_history_is_read_in_pages(supplier: Any, changed: str) -> None:
    path: str | None = f"{changed}/_history?_count=3"
    found: list[str] = []
    while path is not None:
        response = await supplier.get(path)
        found += [each["response"]["etag"] for each in response.json()["entry"]]
        path = next_of(response)
    assert found == ['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']


async def test_a_history_since_an_instant_leaves_out_what_is_older(supplier: Any, changed: str) -> None:
    whole = (await supplier.get(f"{changed}/_history")).json()["entry"]
    since = quote(whole[1]["response"]["lastModified"])
    part = (await supplier.get(f"{changed}/_history?_since={since}")).json()["entry"]
    assert len(part) == 2


@pytest.mark.usefixtures("changed")
async def test_types_and_the_whole_area_have_a_history(supplier: Any) -> None:
    for path in ("/Organization/_history", "/_history?_count=10"):
        response = await supplier.get(path)
        assert any(each["fullUrl"].endswith("/Organization/changed") for each in response.json()["entry"])


@pytest.mark.parametrize(
    "query", ["_since=rubbish", "_count=0", "_count=x", "_count=1&_count=2", "nonsense=1", "_sort=date"]
)
async def test_a_history_refuses_what_it_does_not_know(supplier: Any, changed: str, query: str) -> None:
    assert (await supplier.get(f"{changed}/_history?{query}")).status_code == 400


async def test_a_past_version_is_read_and_a_deletion_is_gone(supplier: Any, changed: str) -> None:
    assert (await supplier.get(f"{changed}/_history/2")).json()["name"] == "two"
    assert (await supplier.get(f"{changed}/_history/3")).status_code == 410
    for absent in ("9", "0", "x", "99999999999999999999"):
        assert (await supplier.get(f"{changed}/_history/{absent}")).status_code == 404


async def test_everything_of_a_person_is_answered_in_pages(supplier: Any, build: Any) -> None:
    patient = await supplier.create(build.patient())
    for _ in range(4):
        await supplier.create(build.observation(patient["id"], effectiveDateTime="2026-01-01"))
    path: str | None = f"/Patient/{patient['id']}/$everything"
    whole = await supplier.get(path)
    assert whole.json()["total"] == 5
    assert whole.json()["entry"][0]["resource"]["resourceType"] == "Patient"
    found: list[str] = []
    path = f"{path}?_count=2"
    while path is not None:
        response = await supplier.get(path)
        found += [each["fullUrl"] for each in response.json()["entry"]]
        path = next_of(response)
    assert sorted(found) == sorted(each["fullUrl"] for each in whole.json()["entry"])
    assert len(found) == len(set(found))


async def test_everything_keeps_to_dates_and_types(supplier: Any, build: Any) -> None:
    patient = await supplier.create(build.patient())
    await supplier.create(build.observation(patient["id"], effectiveDateTime="2020-01-01"))
    await supplier.create(build.observation(patient["id"], effectiveDateTime="2026-01-01"))
    path = f"/Patient/{patient['id']}/$everything"
    recent = await supplier.get(f"{path}?start=2025&_type=Observation")
    assert [each["resource"]["effectiveDateTime"] for each in matches(recent)] == ["2026-01-01"]
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "end", "valueDate": "2021-01-01"}]}
    posted = await supplier.send("POST", path, parameters)
    assert {each["resource"].get("effectiveDateTime") for each in matches(posted)} == {None, "2020-01-01"}
    for wrong in ("start=x", "_type=Nonsense", "nonsense=1"):
        assert (await supplier.get(f"{path}?{wrong}")).status_code == 400


async def test_a_period_says_that_it_left_something_out_only_if_it_did(area: Any, supplier: Any, build: Any) -> None:
    """Hazard: partial shown as complete; and a sensitive item exposed by the word that something is missing."""
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000115"}
    patient, theirs = [
        await asker.create(build.patient(identifier=[number])) for asker in (supplier, area.asker("other-supplier"))
    ]
    seen = await supplier.create(build.observation(patient["id"], effectiveDateTime="2026-01-01"))
    hidden = build.observation(theirs["id"], effectiveDateTime="2001-01-01")
    await area.asker("other-supplier").create(hidden)
    path = f"/Patient/{patient['id']}/$everything"
    assert outcomes(await supplier.get(path)) == []
    assert outcomes(await supplier.get(f"{path}?start=2025")) == []
    for query in ("start=2027", "end=2025", "start=2027&_count=1", "start=2027&_type=Observation,Patient"):
        left = await supplier.get(f"{path}?{query}")
        assert outcomes(left) == ["outside-range"]
        assert seen["id"] not in {each["resource"]["id"] for each in matches(left)}
    assert outcomes(await supplier.get(f"{path}?start=2027&_type=Encounter,Patient")) == []
