"""A conditional create that finds its resource answers with it, as it stands (FHIR R4 http 3.1.0.4.3)."""

import asyncio
from typing import Any

import pytest


def resource(build: Any, kind: str, patient_id: str, value: str) -> dict[str, Any]:
    identifier = [{"system": "urn:found", "value": value}]
    if kind == "Observation":
        made: dict[str, Any] = build.observation(patient_id, identifier=identifier)
        return made
    return {
        "resourceType": kind,
        "identifier": identifier,
        "name": "Ward" if kind == "Organization" else [{"family": "Fell"}],
    }


async def made_before(supplier: Any, build: Any, kind: str) -> tuple[dict[str, Any], str, Any]:
    """Create a resource, wait for the clock's next second, and return it as sent, its condition and how it is read."""
    patient = await supplier.create(build.patient())
    sent = resource(build, kind, patient["id"], f"{kind}-{patient['id']}")
    created = await supplier.create(sent)
    await asyncio.sleep(1.1)
    read = await supplier.get(f"/{kind}/{created['id']}")
    return sent, f"identifier=urn:found|{kind}-{patient['id']}", read


KINDS = pytest.mark.parametrize("kind", ["Organization", "Observation", "Patient"])


@KINDS
async def test_what_is_found_is_answered_as_a_read_answers_it(supplier: Any, build: Any, kind: str) -> None:
    sent, condition, read = await made_before(supplier, build, kind)
    for preferred in (None, "return=representation"):
        prefer = {} if preferred is None else {"prefer": preferred}
        answer = await supplier.send("POST", f"/{kind}", sent, if_none_exist=condition, **prefer)
        assert (answer.status_code, answer.content) == (200, read.content)
        for name in ("etag", "last-modified"):
            assert answer.headers[name] == read.headers[name]
        assert answer.headers["location"] == f"http://area.test/fhir/{kind}/{read.json()['id']}/_history/1"


@KINDS
async def test_prefer_is_honoured_and_the_headers_are_as_true_without_a_body(
    supplier: Any, build: Any, kind: str
) -> None:
    sent, condition, read = await made_before(supplier, build, kind)
    minimal = await supplier.send("POST", f"/{kind}", sent, if_none_exist=condition, prefer="return=minimal")
    outcome = await supplier.send("POST", f"/{kind}", sent, if_none_exist=condition, prefer="return=OperationOutcome")
    assert (minimal.status_code, minimal.content) == (200, b"")
    assert (outcome.status_code, outcome.json()["resourceType"]) == (200, "OperationOutcome")
    for answer in (minimal, outcome):
        for name in ("etag", "last-modified"):
            assert answer.headers[name] == read.headers[name]
        assert answer.headers["location"].endswith(f"/{kind}/{read.json()['id']}/_history/1")


@KINDS
@pytest.mark.parametrize("bundle", ["batch", "transaction"])
async def test_entries_of_a_bundle_are_answered_alike(supplier: Any, build: Any, kind: str, bundle: str) -> None:
    sent, condition, read = await made_before(supplier, build, kind)
    entry = {"resource": sent, "request": {"method": "POST", "url": kind, "ifNoneExist": condition}}
    document = {"resourceType": "Bundle", "type": bundle, "entry": [entry]}
    answer = await supplier.send("POST", "", document, prefer="return=representation")
    (told,) = answer.json()["entry"]
    assert told["resource"] == read.json()
    assert told["response"]["status"].startswith("200")
    assert told["response"]["etag"] == read.headers["etag"]
    assert told["response"]["location"].endswith(f"/{kind}/{read.json()['id']}/_history/1")
    assert told["response"]["lastModified"] == read.json()["meta"]["lastUpdated"]
    minimal = await supplier.send("POST", "", document, prefer="return=minimal")
    assert "resource" not in minimal.json()["entry"][0]


async def test_what_is_shown_because_it_was_found_is_in_the_log_as_read(area: Any, supplier: Any, build: Any) -> None:
    """Hazard: somebody's record is read by way of a create, and nobody can ever be told."""
    sent, condition, read = await made_before(supplier, build, "Observation")
    await supplier.send("POST", "/Observation", sent, if_none_exist=condition, x_request_id="found-and-shown")
    rows = await area.rows(
        "SELECT convert_from(text, 'UTF8') AS text FROM audit_entry WHERE text LIKE '%found-and-shown%'::bytea"
    )
    assert any(read.json()["id"] in row["text"] and '"action":"R"' in row["text"].replace(" ", "") for row in rows)
