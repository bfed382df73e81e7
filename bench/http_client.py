"""A small HTTP/1.1 client for load: keep-alive connections that each have one request under way, and nothing else.

It shares the machine with what it measures, so it does as little as a client can.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

_LENGTH = b"content-length:"


@dataclass(slots=True)
class Outcome:
    """What a run saw: requests done, the sum of the results that `count` gave, bytes, seconds each took, statuses."""

    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def failures(self) -> dict[int, int]:
        return {status: count for status, count in self.statuses.items() if status >= 400}


class _Connection(asyncio.Protocol):
    def __init__(self, next_request: Callable[[], bytes | None], outcome: Outcome, done: asyncio.Future[None]) -> None:
        self._next = next_request
        self._outcome = outcome
        self._done = done
        self._buffer = bytearray()
        self._expected = -1
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._send()

    def _send(self) -> None:
        request = self._next()
        if request is None:
            self._transport.close()  # type: ignore[union-attr]
            if not self._done.done():
                self._done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)  # type: ignore[union-attr]

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if self._expected < 0:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(buffer[:end]).lower()
            at = head.find(_LENGTH)
            length = 0 if at < 0 else int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
            self._expected = end + 4 + length
            status = int(head[9:12])
            self._outcome.statuses[status] = self._outcome.statuses.get(status, 0) + 1
        if len(buffer) >= self._expected:
            outcome = self._outcome
            outcome.requests += 1
            outcome.bytes += self._expected
            outcome.latencies.append(time.perf_counter() - self._sent)
            buffer.clear()
            self._expected = -1
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))


async def run(port: int, next_request: Callable[[], bytes | None], *, connections: int) -> Outcome:
    """Send what `next_request` gives over so many connections until it gives None on each."""
    loop, outcome = asyncio.get_running_loop(), Outcome()
    waits: list[asyncio.Future[None]] = []
    started = time.perf_counter()
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        waits.append(done)
        await loop.create_connection(partial(_Connection, next_request, outcome, done), "127.0.0.1", port)
    await asyncio.gather(*waits)
    outcome.seconds = time.perf_counter() - started
    return outcome


def request(method: str, path: str, *, token: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """Return the bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    if body:
        lines += ["Content-Type: application/fhir+json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
