"""Batches and transactions over HTTP."""

import base64
from typing import Any

import pytest

Entries = list[dict[str, Any]]


def entry(method: str, url: str, resource: Any = None, **more: Any) -> dict[str, Any]:
    full_url = {"fullUrl": more.pop("full_url")} if "full_url" in more else {}
    sent = {} if resource is None else {"resource": resource}
    return {**full_url, **sent, "request": {"method": method, "url": url, **more}}


async def send(asker: Any, kind: str, entries: Entries, **headers: str) -> Any:
    return await asker.send("POST", "", {"resourceType": "Bundle", "type": kind, "entry": entries}, **headers)


def statuses(response: Any) -> list[str]:
    return [each["response"]["status"][:3] for each in response.json()["entry"]]


async def test_a_transaction_resolves_the_names_that_its_entries_have_for_each_other(supplier: Any, build: Any) -> None:
    response = await send(
        supplier,
        "transaction",
        [
            entry("POST", "Observation", build.observation("x", subject={"reference": "urn:uuid:p"})),
            entry("POST", "Patient", build.patient(), full_url="urn:uuid:p"),
            entry("PUT", "Organization/tx-org", {"resourceType": "Organization", "id": "tx-org", "name": "O"}),
        ],
    )
    assert response.status_code == 200, response.text
    assert response.json()["type"] == "transaction-response"
    assert statuses(response) == ["201", "201", "201"]
    observation, patient, _ = (each["response"] for each in response.json()["entry"])
    read = await supplier.ask("GET", observation["location"].removeprefix("http://area.test/fhir"))
    named = patient["location"].removeprefix("http://area.test/fhir/").partition("/_history")[0]
    assert read.json()["subject"]["reference"] == named
    assert read.json()["meta"]["lastUpdated"] == observation["lastModified"]
    assert observation["etag"] == 'W/"1"'


async def test_a_transaction_is_all_or_nothing(area: Any, supplier: Any, build: Any) -> None:
    before = await area.rows("SELECT count(*) AS n FROM resource")
    response = await send(
        supplier,
        "transaction",
        [
            entry("POST", "Patient", build.patient(), full_url="urn:uuid:p"),
            entry("POST", "Observation", build.observation("nobody-here")),
        ],
    )
    assert response.status_code == 422
    assert await area.rows("SELECT count(*) AS n FROM resource") == before


async def test_what_is_wrong_with_entries_is_told_all_at_once_with_their_places(supplier: Any, build: Any) -> None:
    response = await send(
        supplier,
        "transaction",
        [
            entry("POST", "Patient", build.patient()),
            entry("POST", "Nonsense", build.patient()),
            entry("PUT", "Patient/a", build.patient(id="b")),
            entry("DELETE", "Patient"),
        ],
    )
    assert response.status_code in {400, 404, 412}
    places = [issue["expression"][0] for issue in response.json()["issue"]]
    assert {place[: len("Bundle.entry[0]")] for place in places} >= {"Bundle.entry[1]"}


async def test_an_invalid_resource_in_a_transaction_is_told_with_its_path(supplier: Any, build: Any) -> None:
    response = await send(
        supplier,
        "transaction",
        [entry("POST", "Patient", build.patient()), entry("POST", "Patient", {"gender": 1, "resourceType": "Patient"})],
    )
    assert response.status_code == 400
    assert response.json()["issue"][0]["expression"][0].startswith("Bundle.entry[1].resource")


async def test_what_the_record_refuses_is_put_at_its_entry(supplier: Any, build: Any) -> None:
    wrong = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000019"}
    patients = [entry("POST", "Patient", build.patient()), entry("POST", "Patient", build.patient(identifier=[wrong]))]
    response = await send(supplier, "transaction", patients)
    assert response.status_code == 422
    assert response.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource.identifier[0].value"]
    unknown = [entry("POST", "Observation", build.observation("nobody"))]
    response = await send(supplier, "transaction", [*patients[:1], *unknown])
    assert response.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource.subject"]


async def test_two_entries_may_not_change_one_resource(supplier: Any) -> None:
    organisation = {"resourceType": "Organization", "id": "same", "name": "O"}
    response = await send(
        supplier,
        "transaction",
        [entry("PUT", "Organization/same", organisation), entry("DELETE", "Organization/same")],
    )
    assert response.status_code == 400
    assert response.json()["issue"][0]["expression"] == ["Bundle.entry[1].request.url"]


async def test_a_transaction_reads_what_it_wrote(supplier: Any) -> None:
    organisation = {"resourceType": "Organization", "id": "read-after", "name": "O"}
    response = await send(
        supplier,
        "transaction",
        [entry("GET", "Organization/read-after"), entry("PUT", "Organization/read-after", organisation)],
    )
    assert statuses(response) == ["200", "201"]
    assert response.json()["entry"][0]["resource"]["name"] == "O"


async def test_a_transaction_deletes_patches_and_conditions(supplier: Any) -> None:
    for name in ("d", "p"):
        resource = {"resourceType": "Organization", "id": f"tx-{name}", "name": name}
        await supplier.send("PUT", f"/Organization/tx-{name}", resource)
    operations = base64.b64encode(b'[{"op":"replace","path":"/name","value":"patched"}]').decode()
    binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": operations}
    identified = {
        "resourceType": "Organization",
        "name": "c",
        "identifier": [{"system": "urn:test", "value": "tx-condition"}],
    }
    entries = [
        entry("PATCH", "Organization/tx-p", binary),
        entry("DELETE", "Organization/tx-d"),
        entry("POST", "Organization", identified, ifNoneExist="identifier=urn:test|tx-condition"),
    ]
    response = await send(supplier, "transaction", entries)
    assert response.status_code == 200, response.text
    assert statuses(response) == ["200", "204", "201"]
    assert (await supplier.get("/Organization/tx-p")).json()["name"] == "patched"
    again = await send(supplier, "transaction", entries[2:])
    assert statuses(again) == ["200"]


async def test_an_entry_that_expects_another_version_stops_the_transaction(supplier: Any) -> None:
    organisation = {"resourceType": "Organization", "id": "tx-match", "name": "O"}
    await supplier.send("PUT", "/Organization/tx-match", organisation)
    response = await send(
        supplier, "transaction", [entry("PUT", "Organization/tx-match", organisation, ifMatch='W/"9"')]
    )
    assert response.status_code == 412


async def test_an_unresolved_name_is_refused(supplier: Any, build: Any) -> None:
    response = await send(
        supplier,
        "transaction",
        [
            entry("POST", "Patient", build.patient(), full_url="urn:uuid:p"),
            entry(
                "POST",
                "Observation",
                build.observation("x", subject={"reference": "urn:uuid:p"}, encounter={"reference": "urn:uuid:q"}),
            ),
        ],
    )
    assert response.status_code == 400


async def test_a_transaction_returns_resources_when_asked(supplier: Any, build: Any) -> None:
    entries = [entry("POST", "Patient", build.patient())]
    plain = await send(supplier, "transaction", entries)
    assert "resource" not in plain.json()["entry"][0]
    whole = await send(supplier, "transaction", entries, prefer="return=representation")
    assert whole.json()["entry"][0]["resource"]["resourceType"] == "Patient"


async def test_entries_of_a_batch_stand_by_themselves(supplier: Any, build: Any) -> None:
    response = await send(
        supplier,
        "batch",
        [
            entry("POST", "Patient", build.patient()),
            entry("GET", "Organization/never-was"),
            entry("POST", "Patient", {"resourceType": "Patient", "gender": "x"}),
            {"resource": {}},
            entry("PUT", "Organization/batch-org", {"resourceType": "Organization", "id": "batch-org", "name": "B"}),
            entry("GET", "Organization/batch-org"),
            entry("GET", "Organization?name=B"),
            entry("POST", "", {"resourceType": "Bundle", "type": "batch"}),
        ],
    )
    assert response.status_code == 200
    assert statuses(response) == ["201", "404", "400", "400", "201", "200", "200", "400"]
    made, absent, invalid, *_ = response.json()["entry"]
    assert made["response"]["location"].endswith("/_history/1")
    assert made["response"]["lastModified"] == made["resource"]["meta"]["lastUpdated"]
    assert absent["response"]["outcome"]["issue"][0]["code"] == "not-found"
    assert invalid["response"]["outcome"]["issue"][0]["expression"] == ["Bundle.entry[2].resource.gender"]


@pytest.mark.parametrize("document", [{}, {"type": "collection"}, {"type": "message"}, {"type": "batch", "entry": {}}])
async def test_the_base_reads_batches_and_transactions_alone(supplier: Any, document: dict[str, Any]) -> None:
    response = await supplier.send("POST", "", {"resourceType": "Bundle", **document})
    assert response.status_code == 400


async def test_an_empty_bundle_is_answered_empty(supplier: Any) -> None:
    for kind in ("batch", "transaction"):
        response = await supplier.send("POST", "/", {"resourceType": "Bundle", "type": kind})
        assert response.json() == {"resourceType": "Bundle", "type": f"{kind}-response"}
