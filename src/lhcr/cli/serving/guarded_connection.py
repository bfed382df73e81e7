"""A guarded connection: HTTP/1.1 as uvicorn speaks it, within limits of time and size for what no request needs much of.

The library limits neither: the head of a request may arrive byte by byte for ever, and be as large as memory is.
Hazard: whoever can reach the port, without any token, ends every clinician's session.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: How long the head of a request may take, and what is still sent after its answer.
HEAD_SECONDS: Final = 10.0
#: Bytes of a head or of the trailers of a body, twice as many as are read further on.
LARGEST_HEAD: Final = 131_072
_TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class GuardedConnection(HttpToolsProtocol):
    """Closes when time is up; a caller who is in the midst of sending a head is owed no answer."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head = True
    _in_message = False
    #: Bytes that arrived since the last that were content.
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

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

    def on_message_complete(self) -> None:
        self._in_message, self._head_bytes = False, 0
        self._unwatch()
        super().on_message_complete()

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
