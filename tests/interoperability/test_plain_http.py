"""Plain HTTP/1.1 as curl and old integration engines speak it: over raw sockets, with nothing between test and server."""

import json

import pytest
from tests.interoperability.live_area import LiveArea
from tests.interoperability.raw_socket import raw_socket, request

JSON = "content-type: application/fhir+json\r\n"
WARD = b'{"resourceType":"Organization","name":"Ward"}'


@pytest.fixture(scope="module")
def token(live_area: LiveArea) -> str:
    return live_area.tokens["hospital"]


def test_several_requests_go_over_one_connection(live_area: LiveArea, token: str) -> None:
    with raw_socket(live_area.port) as connection:
        for number in range(20):
            connection.send(request("POST", "/fhir/Organization", token=token, body=WARD, headers=JSON))
            answer = connection.answer()
            assert answer is not None
            assert answer.status == 201, number


def test_requests_that_are_sent_ahead_are_answered_in_their_order(live_area: LiveArea, token: str) -> None:
    with raw_socket(live_area.port) as connection:
        connection.send(b"".join(request("GET", f"/fhir/Organization/ahead-{n}", token=token, headers=f"x-request-id: r{n}\r\n")
                                 for n in range(10)))  # fmt: skip
        answers = [connection.answer() for _ in range(10)]
    assert [each and (each.status, each.headers["x-request-id"]) for each in answers] == [
        (404, f"r{n}") for n in range(10)
    ]


def test_a_body_in_chunks_and_in_single_bytes_is_read_whole(live_area: LiveArea, token: str) -> None:
    chunks = b"".join(b"1\r\n" + bytes([byte]) + b"\r\n" for byte in WARD) + b"0\r\n\r\n"
    with raw_socket(live_area.port) as connection:
        connection.send(
            request("POST", "/fhir/Organization", token=token, headers=JSON + "transfer-encoding: chunked\r\n")
        )
        connection.send(chunks)
        answer = connection.answer()
    assert answer is not None
    assert (answer.status, json.loads(answer.body)["name"]) == (201, "Ward")


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(live_area: LiveArea, token: str) -> None:
    """curl asks so for every body over a mebibyte."""
    with raw_socket(live_area.port) as connection:
        sized = f"{JSON}expect: 100-continue\r\ncontent-length: {len(WARD)}\r\n"
        connection.send(request("POST", "/fhir/Organization", token=token, headers=sized))
        leave = connection.answer()
        assert leave is not None
        assert leave.status == 100
        connection.send(WARD)
        answer = connection.answer()
    assert answer is not None
    assert answer.status == 201


def test_a_client_that_waits_is_refused_without_sending_its_body(live_area: LiveArea) -> None:
    with raw_socket(live_area.port) as connection:
        connection.send(
            request("POST", "/fhir/Organization", headers=f"{JSON}expect: 100-continue\r\ncontent-length: 99\r\n")
        )
        answer = connection.answer()
    assert answer is not None
    assert answer.status == 401


def test_head_is_answered_like_get_without_the_body(live_area: LiveArea, token: str) -> None:
    with raw_socket(live_area.port) as connection:
        connection.send(request("POST", "/fhir/Organization", token=token, body=WARD, headers=JSON))
        made = connection.answer()
        assert made is not None
        path = f"/fhir/Organization/{json.loads(made.body)['id']}"
        connection.send(request("HEAD", path, token=token))
        head = connection.answer(has_body=False)
        connection.send(request("GET", path, token=token))
        got = connection.answer()
    assert head is not None
    assert got is not None
    told = [{k: v for k, v in each.headers.items() if k not in {"date", "x-request-id"}} for each in (head, got)]
    assert told[0] == told[1]
    assert (got.headers["content-length"], got.body) == (str(len(got.body)), made.body)


def test_a_connection_that_is_to_be_closed_is_closed(live_area: LiveArea, token: str) -> None:
    for protocol in ("HTTP/1.0", "HTTP/1.1"):
        with raw_socket(live_area.port) as connection:
            connection.send(
                f"GET /fhir/metadata {protocol}\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n".encode()
            )
            answer = connection.answer()
            assert answer is not None
            assert answer.status == 200
            assert connection.is_closed_by_server()


@pytest.mark.parametrize(
    "headers",
    ["content-length: 5\r\ncontent-length: 6\r\n", "content-length: 4\r\ntransfer-encoding: chunked\r\n", "content-length: -1\r\n",
     "transfer-encoding: chunked, identity\r\n", "transfer-encoding: xchunked\r\n", "content-length: 4\r\n transfer-encoding: chunked\r\n",
     "x y: 1\r\n", ": 1\r\n", "x: \0\r\n"],
)  # fmt: skip
def test_a_request_of_which_two_readers_could_differ_is_never_two_requests(
    live_area: LiveArea, token: str, headers: str
) -> None:
    """Hazard: a request that is hidden in another's body is answered with somebody else's token (request smuggling)."""
    hidden = request("GET", "/fhir/Organization/hidden", token=token, headers="x-request-id: hidden\r\n")
    with raw_socket(live_area.port, patience=2) as connection:
        connection.send(
            request("POST", "/fhir/Organization", token=token, headers=JSON + headers) + b"0\r\n\r\n" + hidden
        )
        answers = []
        try:
            while (answer := connection.answer()) is not None:
                answers.append(answer)
        except TimeoutError:
            pass
    assert all(400 <= each.status < 500 for each in answers), answers
    assert [each for each in answers if each.headers.get("x-request-id") == "hidden"] == []


def test_a_request_id_that_could_harm_a_log_is_not_repeated(live_area: LiveArea, token: str) -> None:
    for id_, repeated in (("a-1.b_C", True), ("a b", False), ("x" * 65, False), ("é", False)):
        with raw_socket(live_area.port) as connection:
            connection.send(request("GET", "/fhir/metadata", token=token, headers=f"x-request-id: {id_}\r\n"))
            answer = connection.answer()
        assert answer is not None
        assert answer.headers["x-request-id"]
        assert (answer.headers["x-request-id"] == id_) == repeated, id_
