"""Hostile input: each a clear refusal with an OperationOutcome, nothing written, and the server still serving."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate

JSON = {"content-type": "application/fhir+json"}
PATIENT = '{"resourceType":"Patient","active":true%s}'


@pytest.fixture(autouse=True)
async def unharmed(area: Any, supplier: Any) -> Any:
    """Every test ends with the number of rows with which it began, and with a server that still serves."""
    before = await area.rows("SELECT (SELECT count(*) FROM resource) + (SELECT count(*) FROM directory_resource) AS n")
    yield
    after = await area.rows("SELECT (SELECT count(*) FROM resource) + (SELECT count(*) FROM directory_resource) AS n")
    assert before == after
    assert (await supplier.get("/Organization?_count=1")).status_code == 200


def outcome(response: httpx.Response, status: int) -> list[str]:
    """Check that a refusal is a valid OperationOutcome, and return its codes."""
    assert response.status_code == status, response.text
    document = read_json(response.content)
    assert document["resourceType"] == "OperationOutcome"
    assert validate(document) == []
    assert "Traceback" not in response.text
    return [issue["details"]["coding"][0]["code"] for issue in document["issue"]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json-invalid"),
        (b"{", "json-invalid"),
        (b"nonsense", "json-invalid"),
        (b"[]", "json-not-an-object"),
        (b"null", "json-not-an-object"),
        (b'"Patient"', "json-not-an-object"),
        (PATIENT % ',"gender":"x\udcff"', "json-not-utf8"),
        (PATIENT % ',"active":false', "json-duplicate-key"),
        (PATIENT % r',"\u0061ctive":false', "json-duplicate-key"),
        (PATIENT % ',"name":[{"family":"a","family":"b"}]', "json-duplicate-key"),
        (PATIENT % r',"name":[{"family":"a","f\u0061mily":"b"}]', "json-duplicate-key"),
        (PATIENT % r',"name":[{"family":"a\u0000b"}]', "json-nul"),
        (PATIENT % ',"multipleBirthInteger":1e999999', "json-number-out-of-range"),
        ("[" * 10_000 + "]" * 10_000, "json-too-deep"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "json-too-deep"),
        (
            PATIENT
            % (',"extension":[{"url":"urn:x","extension":' + '[{"url":"urn:x","extension":' * 60 + "[]" + "}]" * 61),
            "json-too-deep",
        ),
        (b'{"active":true}', "unknown-resource-type"),
        (b'{"resourceType":7}', "unknown-resource-type"),
        (b'{"resourceType":"Nonsense"}', "unknown-resource-type"),
        (PATIENT % ',"nonsense":1', "unknown-element"),
        (PATIENT % ',"name":"x"', "wrong-json-type"),
        (PATIENT % ',"name":[]', "empty"),
    ],
)
async def test_a_body_that_is_not_right_is_refused_with_its_code(supplier: Any, body: Any, code: str) -> None:
    sent = body if isinstance(body, bytes) else body.encode("utf-8", "surrogateescape")
    codes = outcome(await supplier.ask("POST", "/Patient", content=sent, headers=JSON), 400)
    assert code in codes, codes


async def test_every_mistake_is_told_at_once_with_its_path(supplier: Any) -> None:
    body = PATIENT % ',"gender":"x","birthDate":"soon","name":[{"family":7}]'
    response = await supplier.ask("POST", "/Patient", content=body, headers=JSON)
    outcome(response, 400)
    places = {issue["expression"][0] for issue in response.json()["issue"]}
    assert places == {"Patient.gender", "Patient.birthDate", "Patient.name[0].family"}


async def test_what_was_sent_is_not_repeated_in_a_refusal(supplier: Any) -> None:
    """Hazard: person data in errors, which logs and screens show."""
    body = PATIENT % ',"birthDate":"secret-9990000018","secretName":"secret-9990000018"'
    response = await supplier.ask("POST", "/Patient", content=body, headers=JSON)
    outcome(response, 400)
    searched = await supplier.get("/Patient?birthdate=secret-9990000018&secret-9990000018=1")
    outcome(searched, 400)
    assert "secret-9990000018" not in response.text + searched.text


async def test_an_nhs_number_that_fails_its_check_is_422(supplier: Any) -> None:
    """Hazard: wrong person."""
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000019"}
    response = await supplier.send("POST", "/Patient", {"resourceType": "Patient", "identifier": [number]})
    assert outcome(response, 422) == ["nhs-number-invalid"]


async def test_an_unknown_subject_is_422(supplier: Any, build: Any) -> None:
    assert outcome(await supplier.send("POST", "/Observation", build.observation("nobody")), 422) == ["subject-unknown"]


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/octet-stream", "multipart/form-data", "application/fhir+json; charset=utf-16",
     "application/fhir+json; fhirVersion=3.0", "application/json-patch+json", "application/x-www-form-urlencoded", ";;;"],
)  # fmt: skip
async def test_a_body_of_another_media_type_is_415(supplier: Any, content_type: str) -> None:
    response = await supplier.ask("POST", "/Patient", content=PATIENT % "", headers={"content-type": content_type})
    outcome(response, 415)


async def test_a_compressed_body_is_415(supplier: Any) -> None:
    """Hazard: a small body that fills the memory."""
    headers = {**JSON, "content-encoding": "gzip"}
    outcome(await supplier.ask("POST", "/Patient", content=b"\x1f\x8b", headers=headers), 415)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<Patient/>",
        b'<Nonsense xmlns="http://hl7.org/fhir"/>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Patient xmlns="http://hl7.org/fhir"><id value="&e;"/></Patient>',
        b'<Patient xmlns="http://hl7.org/fhir">' + b"<a>" * 10_000,
        b'<Patient xmlns="http://hl7.org/fhir"><gender value="\xff"/></Patient>',
    ],
)
async def test_xml_that_is_not_right_is_refused(supplier: Any, body: bytes) -> None:
    response = await supplier.ask("POST", "/Patient", content=body, headers={"content-type": "application/fhir+xml"})
    outcome(response, 400)
    assert "root:" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/Patient/" + "a" * 65,
        "/Patient/a_b",
        "/Patient/%00",
        "/Patient/a%2Fb",
        "/Patient/..%2f..%2fetc",
        "/Patient/%2e%2e",
        "/Patient/%ff",
        "/Patient/a%20b",
        "/Patient/é",
        "/Patient/x/_history/%27",
        "/Patient?name=%ff",
        "/Patient?name=%00",
        "/Patient?name=",
        "/Patient?" + "&".join(f"name=n{number}" for number in range(2_000)),
        "/Patient?name=" + "x" * 20_000,
        "/Patient?name=" + ",".join(["x"] * 5_000),
        "/Patient?" + ".".join(["general-practitioner"] * 50) + "=x",
    ],
)  # fmt: skip
async def test_a_path_or_query_that_is_not_right_is_400(supplier: Any, path: str) -> None:
    outcome(await supplier.get(path), 400)


async def test_a_path_that_is_too_long_is_414(supplier: Any) -> None:
    outcome(await supplier.get("/Patient/" + "a/" * 4_000), 414)


@pytest.mark.parametrize(
    "path", ["/../Patient/1", "//Patient//", "/./Patient", "/Patient;x=1", "/patient/1", "/PATIENT"]
)
async def test_a_trick_with_the_path_reaches_nothing_it_should_not(area: Any, path: str) -> None:
    transport = httpx.ASGITransport(app=area.app)
    async with httpx.AsyncClient(transport=transport) as client:
        request = client.build_request("GET", "http://area.test/fhir/x", headers={"authorization": "Bearer supplier"})
        request.url = request.url.copy_with(raw_path=f"/fhir{path}".encode())
        response = await client.send(request)
    assert response.status_code in {200, 400, 404}
    if response.status_code == 200:
        assert response.json()["type"] == "searchset"


async def test_headers_that_are_too_large_are_431(supplier: Any) -> None:
    outcome(await supplier.get("/Patient", headers={"x-anything": "a" * 70_000}), 431)


@pytest.mark.parametrize(
    ("name", "value"),
    [("if-match", "nonsense"), ("if-match", "*, *"), ("if-match", 'W/"1", W/"2"'), ("if-none-exist", "nonsense=1"),
     ("content-length", "x"), ("content-length", "-1")],
)  # fmt: skip
async def test_a_header_that_is_not_right_is_400(supplier: Any, name: str, value: str) -> None:
    method, path = ("POST", "/Patient") if name != "if-match" else ("PUT", "/Patient/h")
    body = {"resourceType": "Patient", "id": "h", "active": True}
    response = await supplier.send(method, path, body, **{name.replace("-", "_"): value})
    outcome(response, 400)


async def test_a_header_that_is_sent_twice_is_refused(area: Any) -> None:
    """Hazard: two readers of one request understand two different askers."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=area.app)) as client:
        bearers = [("authorization", "Bearer supplier"), ("authorization", "Bearer gp")]
        outcome(await client.get("http://area.test/fhir/Patient", headers=bearers), 400)


async def test_a_body_shorter_or_longer_than_announced_is_refused(supplier: Any) -> None:
    body = (PATIENT % "").encode()
    for length in (len(body) - 1, len(body) + 1):
        headers = {**JSON, "content-length": str(length)}
        assert outcome(await supplier.ask("POST", "/Patient", content=body, headers=headers), 400) == [
            "content-length-wrong"
        ]


async def test_a_body_over_the_limit_is_refused_by_its_announcement_alone(area: Any) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    announced = await asked_raw(area, receive, [(b"content-length", str(51 * 1024 * 1024).encode())])
    assert (announced, read) == (413, 0)


async def test_a_body_of_unknown_length_is_read_up_to_the_limit_and_no_further(area: Any) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 1_048_576, "more_body": True}

    assert await asked_raw(area, receive, []) == 413
    assert read == 51


async def test_a_caller_who_leaves_gets_no_answer_and_holds_nothing(area: Any) -> None:
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    assert await asked_raw(area, receive, [(b"content-length", b"1000000")]) is None
    assert area.app.fhir_api.app.admission.held == 0


async def asked_raw(area: Any, receive: Any, headers: list[tuple[bytes, bytes]]) -> int | None:
    """Ask as a server does; return the status of the answer, None where there is none."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/fhir/Patient",
        "raw_path": b"/fhir/Patient",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer supplier"), (b"content-type", b"application/fhir+json"), *headers],
    }
    await area.app(scope, receive, send)
    return sent[0]["status"] if sent else None


async def test_a_large_body_within_the_limit_is_judged_like_any_other(supplier: Any) -> None:
    body = json.dumps({"resourceType": "Patient", "name": [{"family": "x" * 1_000}] * 20_000, "nonsense": 1})
    response = await supplier.ask("POST", "/Patient", content=body, headers=JSON)
    assert "unknown-element" in outcome(response, 400)


async def test_a_patch_that_is_none_is_refused(supplier: Any) -> None:
    headers = {"content-type": "application/json-patch+json"}
    for body in (b"", b"{}", b'[{"op":"x"}]', b"[1]", b'[{"op":"add","path":"no-slash","value":1}]'):
        response = await supplier.ask("PATCH", "/Organization/never-was", content=body, headers=headers)
        assert response.status_code in {400, 404}
        outcome(response, response.status_code)
