"""A guarded connection: HTTP/1.1 as uvicorn speaks it, within limits of time and size for what no request needs much of.

The library limits neither: the head of a request may arrive byte by byte for ever, and be as large as memory is; so may a body,
and an answer waits for a reader who never reads it. Hazard: whoever can reach the port, without any token, ends every
clinician's session.
"""

import asyncio
from typing import Final

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from lhcr.audit.unsent import LEFT
from lhcr.cli.serving.pace import Departure, Pace

#: How long the head of a request may take, and what is still sent after its answer.
HEAD_SECONDS: Final = 10.0
#: Bytes of a head or of the trailers of a body, twice as many as are read further on.
LARGEST_HEAD: Final = 131_072
_TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class GuardedConnection(HttpToolsProtocol):
    """Closes when time is up; a caller who is in the midst of sending a head is owed no answer."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head = True
    _in_message = False
    #: Bytes that arrived since the last that were content.
    _head_bytes = 0
    #: Bytes of a body since the last look; None where it is not known how long they took.
    _body_bytes: int | None = None
    #: What is being answered, which may not be the request that came last.
    _answered: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._departure = Departure()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        if self._answered is not None:
            # The library tells only the request that came last that nobody is there any more.
            self._answered.disconnected = True
            self._answered.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        # Whoever answers can ask whether anybody is there still: what is never handed to the connection is marked in the log.
        cycle.scope[LEFT] = lambda: cycle.disconnected  # type: ignore[typeddict-unknown-key]
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse()
        self._watch()

    def on_message_begin(self) -> None:
        self._in_head = self._in_message = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        self._unwatch()
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        self._head_bytes = 0

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)
        if self.flow.read_paused:
            self._body_bytes = None
        elif self._body_bytes is not None:
            self._body_bytes += len(body)

    def on_message_complete(self) -> None:
        self._in_message, self._head_bytes, self._body_bytes = False, 0, None
        self._unwatch()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._departure.moved()
        super().on_response_complete()

    def resume_writing(self) -> None:
        self._departure.moved()
        super().resume_writing()

    def look(self, pace: Pace) -> bool:
        """Cut off who does not keep pace, and return whether that was so. Called every `pace.seconds`."""
        if self._departure.is_stuck(self.transport, pace):
            # What waits to be read is dropped with the connection: to close it in good order would be to wait on.
            self.transport.abort()
            return True
        before, self._body_bytes = self._body_bytes, 0 if self._awaits_body() else None
        if before is None or self._body_bytes is None or not pace.is_slow(before):
            return False
        self.transport.write(_TOO_SLOW)
        self.transport.close()
        return True

    def _awaits_body(self) -> bool:
        """Whether the rest of a body is waited for: nothing is answered yet, and it is not for us that the caller sends no more."""
        if self.cycle is None or not self._in_message or self._in_head or self.transport.is_closing():
            return False
        answering = self.cycle.response_started or self.pipeline
        return not (answering or self.cycle.waiting_for_100_continue or self.flow.read_paused)

    def _watch(self) -> None:
        """Set a deadline where only the head of a request, or the rest of one that was answered, is waited for."""
        answered = self._in_message and self.cycle is not None and self.cycle.response_complete
        if self._deadline is None and (self._in_head or answered) and not self.transport.is_closing():
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._end)

    def _end(self) -> None:
        """Close, unless an answer is still owed to a request that came before."""
        self._deadline = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:
            self._watch()

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self) -> None:
        if self._in_head and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(_TOO_LARGE)
        self.transport.close()
