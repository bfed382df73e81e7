"""The operations $validate and $meta, and what every answer has in common."""

from typing import Any

import pytest

from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate


def codes(response: Any) -> list[str]:
    return [issue["details"]["coding"][0]["code"] for issue in response.json()["issue"]]


async def test_validation_tells_everything_and_stores_nothing(area: Any, supplier: Any, build: Any) -> None:
    before = await area.rows("SELECT count(*) AS n FROM resource")
    good = await supplier.send("POST", "/Patient/$validate", build.patient())
    assert (good.status_code, codes(good)) == (200, ["ok"])
    bad = await supplier.send("POST", "/Patient/$validate", {"resourceType": "Patient", "gender": "x", "nonsense": 1})
    assert bad.status_code == 200
    assert len(codes(bad)) == 2
    wrapped = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": {"resourceType": "Patient", "gender": 1}}],
    }
    assert (await supplier.send("POST", "/Patient/$validate", wrapped)).json()["issue"][0]["severity"] == "error"
    other = await supplier.send("POST", "/Observation/$validate", build.patient())
    assert codes(other) == ["type-mismatch"]
    assert await area.rows("SELECT count(*) AS n FROM resource") == before


async def test_what_a_create_refuses_whatever_the_record_holds_is_not_valid(supplier: Any, build: Any) -> None:
    """Hazard: a resource is called right that its own area refuses."""
    wrong = build.patient(identifier=[{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000019"}])
    created = await supplier.send("POST", "/Patient", wrong)
    assert (created.status_code, codes(created)) == (422, ["nhs-number-invalid"])
    told = await supplier.send("POST", "/Patient/$validate", wrong)
    assert (told.status_code, codes(told)) == (200, ["nhs-number-invalid"])
    assert told.json()["issue"][0]["expression"] == ["Patient.identifier[0].value"]


async def test_an_update_is_validated_as_one(supplier: Any, build: Any) -> None:
    tag = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
    part = build.patient(id="part", meta={"tag": [tag]})
    assert codes(await supplier.send("PUT", "/Patient/part", part)) == ["subsetted"]
    assert codes(await supplier.send("POST", "/Patient/$validate", part)) == ["ok"]
    assert codes(await supplier.send("POST", "/Patient/$validate?mode=update", part)) == ["subsetted"]
    assert codes(await supplier.send("POST", "/Patient/part/$validate", part)) == ["subsetted"]
    mode = {"name": "mode", "valueCode": "update"}
    wrapped = {"resourceType": "Parameters", "parameter": [mode, {"name": "resource", "resource": part}]}
    assert codes(await supplier.send("POST", "/Patient/$validate", wrapped)) == ["subsetted"]


async def test_what_is_stored_can_be_validated(supplier: Any, build: Any) -> None:
    made = await supplier.create(build.patient())
    assert codes(await supplier.get(f"/Patient/{made['id']}/$validate")) == ["ok"]
    assert (await supplier.get("/Organization/never-was/$validate")).status_code == 404


async def test_meta_is_read_alone(supplier: Any, build: Any) -> None:
    made = await supplier.create(build.patient(meta={"tag": [{"code": "t"}]}))
    response = await supplier.get(f"/Patient/{made['id']}/$meta")
    assert response.json()["parameter"] == [{"name": "return", "valueMeta": made["meta"]}]
    assert validate(read_json(response.content)) == []


async def test_a_request_id_is_echoed_or_made(supplier: Any) -> None:
    given = await supplier.get("/metadata", headers={"x-request-id": "abc-1"})
    assert given.headers["x-request-id"] == "abc-1"
    for hostile in ("a b", "x" * 65, "<script>", ""):
        made = await supplier.get("/metadata", headers={"x-request-id": hostile})
        assert made.headers["x-request-id"] != hostile
        assert len(made.headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"headers": {"accept": "application/fhir+json"}}, 200),
        ({"headers": {"accept": "text/html,*/*;q=0.1"}}, 200),
        ({"headers": {"accept": "application/fhir+json; fhirVersion=4.0"}}, 200),
        ({"headers": {"accept": "application/fhir+json; fhirVersion=3.0"}}, 406),
        ({"headers": {"accept": "application/fhir+xml"}}, 406),
        ({"headers": {"accept": "application/json;q=0"}}, 406),
        ({"params": {"_format": "json"}}, 200),
        ({"params": {"_format": "application/fhir+json"}}, 200),
        ({"params": {"_format": "xml"}}, 406),
    ],
)
async def test_json_is_answered_to_whoever_takes_it(supplier: Any, asked: dict[str, Any], status: int) -> None:
    assert (await supplier.get("/metadata", **asked)).status_code == status


async def test_an_answer_can_be_pretty_and_means_the_same(supplier: Any, build: Any) -> None:
    made = await supplier.create(build.patient())
    pretty = await supplier.get(f"/Patient/{made['id']}?_pretty=true")
    assert pretty.text.count("\n") > 5
    assert pretty.json() == made
    assert (await supplier.get(f"/Patient/{made['id']}?_pretty=maybe")).status_code == 400


async def test_nothing_that_is_answered_may_be_kept(supplier: Any, build: Any) -> None:
    made = await supplier.send("POST", "/Patient", build.patient())
    assert "no-store" in made.headers["cache-control"]


async def test_a_method_that_is_not_answered_is_405_with_those_that_are(supplier: Any) -> None:
    response = await supplier.ask("PUT", "/Patient/1/_history")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
    for method, path in (("DELETE", "/metadata"), ("TRACE", "/Patient/1"), ("GET", "/Patient/_search")):
        assert (await supplier.ask(method, path)).status_code == 405


@pytest.mark.parametrize(
    "path", ["/Nonsense", "/Patient/1/2/3", "/Parameters", "/$nonsense", "/Patient/$nonsense", "/x"]
)
async def test_what_does_not_exist_is_404(supplier: Any, path: str) -> None:
    response = await supplier.get(path)
    assert response.status_code == 404
    assert response.json()["resourceType"] == "OperationOutcome"
