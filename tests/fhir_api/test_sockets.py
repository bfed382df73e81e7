"""The worker behind uvicorn, asked over real sockets in ways that no client library asks."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import uvicorn

from lhcr.app import build_app
from lhcr.kernel.settings import Settings

HEAD = "POST /fhir/Patient HTTP/1.1\r\nhost: x\r\nauthorization: Bearer supplier\r\ncontent-type: application/fhir+json\r\n"


class Server:
    """A uvicorn in a thread, with the loop and parser that production uses."""

    def __init__(self, app: Any) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listening]})

    def start(self) -> None:
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.01)
        assert self._server.started

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._listening.close()

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = {"authorization": "Bearer supplier", **sent.pop("headers", {})}
        return httpx.request(method, f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=30, **sent)

    def raw(self, request: bytes, *, close: bool = False) -> bytes:
        """Send bytes and return what comes back until the server closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as connection:
            connection.sendall(request)
            if close:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while chunk := connection.recv(65_536):
                    answer += chunk
            except TimeoutError:
                pass
            return answer


@pytest.fixture(scope="module")
def server(migrated_database_of_module: Callable[[], str], token_reader: Any) -> Iterator[Server]:
    app = build_app(Settings(largest_body=1_000_000), migrated_database_of_module(), authenticate=token_reader)
    running = Server(app)
    running.start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def still_serving(server: Server) -> Iterator[None]:
    yield
    assert server.ask("GET", "/fhir/Organization?_count=1").status_code == 200


def test_health_is_told_without_a_token(server: Server) -> None:
    for path in ("/health/live", "/health/ready"):
        response = httpx.get(f"http://127.0.0.1:{server.port}{path}")
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert httpx.get(f"http://127.0.0.1:{server.port}/fhir/metadata").json()["resourceType"] == "CapabilityStatement"


def test_a_patient_is_created_and_read(server: Server) -> None:
    made = server.ask("POST", "/fhir/Patient", json={"resourceType": "Patient", "active": True},
                      headers={"content-type": "application/fhir+json"})  # fmt: skip
    assert made.status_code == 201
    assert server.ask("GET", f"/fhir/Patient/{made.json()['id']}").content == made.content


def test_a_body_over_the_limit_is_413_before_it_has_arrived(server: Server) -> None:
    answer = server.raw((HEAD + "content-length: 9000000000\r\n\r\n{").encode())
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body-too-large" in answer


def test_a_chunked_body_over_the_limit_is_413(server: Server) -> None:
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    answer = server.raw((HEAD + "transfer-encoding: chunked\r\n\r\n").encode() + chunk * 20)
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_caller_who_leaves_in_the_middle_writes_nothing(server: Server) -> None:
    before = server.ask("GET", "/fhir/Patient?_total=accurate&_count=1").json()["total"]
    body = json.dumps({"resourceType": "Patient", "active": True})
    server.raw((HEAD + f"content-length: {len(body) + 10}\r\n\r\n{body}").encode(), close=True)
    assert server.ask("GET", "/fhir/Patient?_total=accurate&_count=1").json()["total"] == before


@pytest.mark.parametrize(
    "request_text",
    [
        HEAD + "content-length: 5\r\ncontent-length: 6\r\n\r\n{}   ",
        HEAD + "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + "content-length: -1\r\n\r\n",
        HEAD + "content-length: 2\r\n\r\n{}garbage that is no request\r\n\r\n",
        "NONSENSE\r\n\r\n",
        "GET /fhir/metadata HTTP/9.9\r\n\r\n",
        "GET \x00 HTTP/1.1\r\n\r\n",
        "GET /fhir/Patient HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sup\r\nplier\r\n\r\n",
    ],
)
def test_a_request_that_is_no_http_is_400_or_closed(server: Server, request_text: str) -> None:
    answer = server.raw(request_text.encode())
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 401"))
    assert b"Traceback" not in answer


def test_a_huge_header_is_refused(server: Server) -> None:
    for size in (70_000, 5_000_000):
        try:
            answer = server.raw((f"GET /fhir/Patient HTTP/1.1\r\nhost: x\r\nx-big: {'a' * size}\r\n\r\n").encode())
        except ConnectionError:
            continue
        assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))


def test_many_callers_at_once_are_all_answered(server: Server) -> None:
    def create(number: int) -> int:
        resource = {"resourceType": "Organization", "name": f"n{number}"}
        response = server.ask("POST", "/fhir/Organization", json=resource, headers={"content-type": "application/json"})
        return response.status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(create, range(100))) == {201}
