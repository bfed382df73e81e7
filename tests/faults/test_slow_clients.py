"""Clients that are slow, leave or stop in the middle: each harms itself alone."""

import asyncio
import contextlib
import json
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.interoperability import canary
from tests.interoperability.live_area import Caller, LiveArea
from tests.interoperability.raw_socket import RawSocket, raw_socket, request
from tests.logged import logged_entry

from lhcr.fhir_api.admission import Admission
from lhcr.fhir_api.beside import Beside
from lhcr.fhir_api.content import SentContent
from lhcr.fhir_api.limits import Limits
from lhcr.kernel.errors import Incorrect

MANY = 200
JSON = "content-type: application/fhir+json\r\n"
PROMPT_SECONDS = 2.0


@pytest.fixture(scope="module")
def hospital(live_area: LiveArea) -> Caller:
    return live_area.caller("hospital")


@contextlib.contextmanager
def held(area: LiveArea, count: int, data: bytes) -> Iterator[list[RawSocket]]:
    """Hold so many connections open, on each of which the same was sent."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(raw_socket(area.port)) for _ in range(count)]
        for connection in held:
            connection.send(data)
        yield held


def check_prompt(area: LiveArea) -> None:
    """Callers who come now, over connections of their own to either worker, are answered at once."""
    for _ in range(6):
        began = time.monotonic()
        made = area.caller("hospital").create({"resourceType": "Organization", "name": "Ward"})
        assert area.caller("hospital").get(f"/Organization/{made['id']}").json() == made
        assert time.monotonic() - began < PROMPT_SECONDS


def half_a_create(area: LiveArea) -> bytes:
    return (
        request("POST", "/fhir/Organization", token=area.tokens["hospital"], headers=f"{JSON}content-length: 2000\r\n")
        + b'{"resourceType":'
    )


def test_hundreds_of_clients_that_send_half_a_request_and_hang_keep_nobody_waiting(live_area: LiveArea) -> None:
    before = live_area.row_count()
    for data in (b"", b"GET /fhir/Pat", b"GET /fhir/Patient HTTP/1.1\r\nhost: x\r\nauthoriz", half_a_create(live_area)):
        with held(live_area, MANY, data):
            check_prompt(live_area)
    assert live_area.row_count() == before + 4 * 6
    assert live_area.served.restarts == []


def test_who_does_not_come_to_the_end_of_a_head_is_let_go(live_area: LiveArea) -> None:
    """Hazard: whoever can reach the port, without any token, takes up all of an area's connections."""
    unauthorised = request("POST", "/fhir/Patient", headers=f"{JSON}content-length: 1000000\r\n")
    answered = request("GET", "/fhir/metadata")
    beginnings = [b"", b"G", b"GET /fhir/Patient HTTP/1.1\r\nhost: x\r\n", answered + b"GET /", unauthorised]
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(raw_socket(live_area.port)) for _ in beginnings]
        for connection, data in zip(held, beginnings, strict=True):
            connection.send(data)
        began = time.monotonic()
        closed: set[int] = set()
        while len(closed) < len(held) and time.monotonic() - began < 20:
            for number, connection in enumerate(held):
                if number not in closed and not drips(connection):
                    closed.add(number)
            time.sleep(0.2)
    assert len(closed) == len(held)
    assert 5 < time.monotonic() - began < 15
    check_prompt(live_area)


def drips(connection: RawSocket) -> bool:
    """Send one more byte and read what has come; return whether the server still listens."""
    connection.socket.settimeout(0.05)
    try:
        connection.send(b"x")
        while connection.socket.recv(1_048_576):
            pass
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


def test_a_head_without_end_is_refused(live_area: LiveArea) -> None:
    """Hazard: the library keeps whatever arrives before it is anybody's request."""
    endless = (
        b"GET /fhir/metadata HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 200_000,
        b"GET /fhir/metadata HTTP/1.1\r\nhost: x\r\na: " + b"b" * 1_000_000,
        b"GET /" + b"a" * 1_000_000,
        b"POST /fhir/Patient HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 200_000,
    )
    for data in endless:
        with raw_socket(live_area.port) as connection:
            with contextlib.suppress(OSError):
                connection.send(data)
            answer = connection.answer()
            assert answer is None or answer.status in {401, 431}
            connection.socket.settimeout(2)
            with contextlib.suppress(ConnectionError):
                assert connection.is_closed_by_server()
    check_prompt(live_area)
    assert live_area.resident_megabytes() < 250


def test_many_chunks_and_requests_on_one_connection_are_no_endless_head(live_area: LiveArea) -> None:
    token, body = (
        live_area.tokens["hospital"],
        json.dumps({"resourceType": "Organization", "name": "x" * 5_000}).encode(),
    )
    head = f"POST /fhir/Organization HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n{JSON}"
    chunked = f"{head}transfer-encoding: chunked\r\n\r\n".encode()
    chunked += b"".join(b"1\r\n" + body[at : at + 1] + b"\r\n" for at in range(len(body))) + b"0\r\n\r\n"
    with raw_socket(live_area.port) as connection:
        for _ in range(10):
            connection.send(chunked)
            answer = connection.answer()
            assert answer is not None
            assert answer.status == 201
        asked = request("GET", "/fhir/metadata", headers=f"x-long: {'x' * 20_000}\r\n")
        for _ in range(10):
            connection.send(asked)
            answer = connection.answer()
            assert answer is not None
            assert answer.status == 200


def test_a_client_that_sends_byte_by_byte_is_answered_in_the_end(live_area: LiveArea) -> None:
    body = json.dumps({"resourceType": "Organization", "name": "Slow"}).encode()
    data = request("POST", "/fhir/Organization", token=live_area.tokens["hospital"], body=body, headers=JSON)
    with raw_socket(live_area.port) as connection:
        for byte in data:
            connection.send(bytes([byte]))
            time.sleep(0.001)
        answer = connection.answer()
    assert answer is not None
    assert answer.status == 201


def test_a_client_that_leaves_in_the_middle_of_its_request_has_written_nothing(live_area: LiveArea) -> None:
    before = live_area.row_count()
    for _ in range(50):
        with raw_socket(live_area.port) as connection:
            connection.send(half_a_create(live_area))
    check_prompt(live_area)
    assert live_area.row_count() == before + 6


def test_a_client_that_leaves_before_its_answer_has_written_all_or_nothing(live_area: LiveArea) -> None:
    body = json.dumps({"resourceType": "Organization", "name": "Left"}).encode()
    data = request("POST", "/fhir/Organization", token=live_area.tokens["hospital"], body=body, headers=JSON)
    for _ in range(50):
        with raw_socket(live_area.port) as connection:
            connection.send(data)
            reset(connection)
    check_prompt(live_area)
    time.sleep(0.5)
    rows = live_area.rows("SELECT id FROM directory_resource WHERE body LIKE '%\"Left\"%'::bytea")
    entries = live_area.rows(
        "SELECT convert_from(text, 'UTF8') AS text FROM audit_entry WHERE text LIKE '%\"Organization\"%'::bytea"
    )
    logged = [logged_entry(row["text"]) for row in entries]
    created = {item[1] for each in logged if each["action"] == "C" and each["outcome"] == "0" for item in each["items"]}
    assert {row["id"] for row in rows} <= created


def test_an_answer_that_nobody_waited_for_is_marked_as_never_sent(live_area: LiveArea) -> None:
    """Its entry was durable before: the log would say that somebody read what never left."""
    organisation = live_area.caller("hospital").create({"resourceType": "Organization", "name": "Here"})
    path, token = f"/fhir/Organization/{organisation['id']}", live_area.tokens["hospital"]
    kept = request("GET", path, token=token, headers="x-request-id: stays\r\n")
    with ThreadPoolExecutor(1) as thread, raw_socket(live_area.port) as stays:
        locked = thread.submit(
            live_area.rows, "DO $$ BEGIN LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(1); END $$"
        )
        time.sleep(0.3)
        stays.send(kept)
        with raw_socket(live_area.port) as leaves:
            leaves.send(request("GET", path, token=token, headers="x-request-id: leaves\r\n"))
            time.sleep(0.2)
            reset(leaves)
        locked.result()
        assert (answer := stays.answer()) is not None
        assert answer.status == 200
    until = time.monotonic() + 10
    while logged_of(live_area, "leaves") != [("read", "0"), ("not-sent", "8")]:
        assert time.monotonic() < until, logged_of(live_area, "leaves")
        time.sleep(0.05)
    assert logged_of(live_area, "stays") == [("read", "0")]


def logged_of(area: LiveArea, name: str) -> list[tuple[str, str]]:
    """Return what the log says of a request: subtypes with their outcomes, in its order."""
    rows = area.rows("SELECT convert_from(text, 'UTF8') AS text FROM audit_entry ORDER BY recorded, writer_id, seq")
    return [
        (each["subtype"], each["outcome"]) for row in rows if (each := logged_entry(row["text"]))["request"] == name
    ]


def reset(connection: RawSocket) -> None:
    """Close so that the other side meets an error, not an end."""
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_clients_that_leave_in_the_middle_of_a_large_answer_leave_nothing_behind(
    live_area: LiveArea, hospital: Caller
) -> None:
    patient = hospital.create(canary.patient())
    about = {"reference": f"Patient/{patient['id']}"}
    note = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Note"},
        "subject": about,
        "valueString": "x" * 10_000,
    }
    entries = [{"resource": note, "request": {"method": "POST", "url": "Observation"}}] * 500
    assert (
        hospital.send("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries}).status_code
        == 200
    )
    token, path = live_area.tokens["hospital"], f"/fhir/Patient/{patient['id']}/$everything"
    for number in range(20):
        with raw_socket(live_area.port) as connection:
            connection.send(request("GET", path, token=token, headers=f"x-request-id: leaves-{number}\r\n"))
            assert connection.socket.recv(1_000)
            reset(connection)
    check_prompt(live_area)
    logged = live_area.rows("SELECT count(*) AS n FROM audit_entry WHERE text LIKE '%leaves-%'::bytea")
    assert logged[0]["n"] >= 20
    assert hospital.get(path.removeprefix("/fhir")).json()["total"] == 501
    assert live_area.resident_megabytes() < 250


def test_a_client_that_never_reads_its_answers_keeps_nobody_waiting(live_area: LiveArea, hospital: Caller) -> None:
    wards = [hospital.create({"resourceType": "Organization", "name": "x" * 50_000}) for _ in range(10)]
    ask = request("GET", "/fhir/Organization?_count=1000", token=live_area.tokens["hospital"])
    with held(live_area, 20, ask * 5):
        check_prompt(live_area)
    assert hospital.get(f"/Organization/{wards[0]['id']}").json() == wards[0]
    assert live_area.resident_megabytes() < 350


async def test_a_body_that_stops_arriving_gives_back_what_it_held_of_the_budget() -> None:
    """Hazard: a sender whose line was cut holds its part of the budget, until nobody's large body is read any more."""

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    admission = Admission(1_000_000)
    headers = {"content-length": "900000", "content-type": "application/fhir+json"}
    content = SentContent(
        receive, headers, limits=Limits(), admission=admission, beside=Beside(), patience_seconds=0.05
    )
    with pytest.raises(Incorrect) as refused:
        await content.resource()
    assert admission.held == 900_000
    content.close()
    assert admission.held == 0
    assert (refused.value.status, refused.value.issues[0].error) == (408, "body-stalled")
