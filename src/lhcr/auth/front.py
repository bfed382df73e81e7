"""What stands before the addresses that programs ask: browsers' questions from other origins, and tokens that are refused too often.

An app in a browser may ask where its origin is registered (Fetch standard, CORS): without cookies, which never go with it, and with the
token that it has. Hazards: a stranger's page that reads with what a browser keeps, and tokens found by trying.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lhcr.auth.alarm import Alarm
from lhcr.auth.attempts import SLOWED_SECONDS, Attempts
from lhcr.auth.origins import Origins
from lhcr.kernel.errors import Unavailable
from lhcr.store.outages import OUTAGES

_METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_SENT: Final = (
    b"accept, authorization, content-type, if-match, if-modified-since, if-none-exist, if-none-match, prefer, x-lhcr-purpose, "
    b"x-request-id"
)
_EXPOSED: Final = b"content-location, etag, last-modified, location, retry-after, x-request-id"
_KEPT_SECONDS: Final = b"600"
_NO_TOKEN: Final = 401
#: Refusals that wait at once; whoever tries more is refused without waiting, so that those who wait take little room.
_MOST_WAITING: Final = 200
_VARY: Final = (b"vary", b"Origin")


class Front:
    """Stands before an application. `paths` are those that other origins may ask for, all of them where there are none."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        origins: Origins,
        attempts: Attempts,
        alarm: Alarm,
        paths: Collection[str] = (),
    ) -> None:
        self.app = app
        self._origins = origins
        self._attempts = attempts
        self._alarm = alarm
        self._paths = paths
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = {name: value for name, value in scope["headers"] if name in _LOOKED_AT}
        origin = told.get(b"origin") if not self._paths or scope["path"] in self._paths else None
        if origin is None and b"authorization" not in told:
            await self.app(scope, receive, send)
            return
        allowed = origin is not None and await self._origins.hold(origin.decode("latin-1"))
        if origin is not None and scope["method"] == "OPTIONS" and b"access-control-request-method" in told:
            await _preflight(send, origin if allowed else None)
            return
        shared = _shared(origin) if origin is not None and allowed else []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == _NO_TOKEN and b"authorization" in told:
                    await self._refused(scope)
                message["headers"] = [*message.get("headers", ()), *shared]
            await send(message)

        await self.app(scope, receive, sending)

    async def _refused(self, scope: Scope) -> None:
        """Count a token that was refused, and let it wait where there were too many: nobody tries fast, and the log says that somebody does."""
        address = scope["client"][0] if scope.get("client") else ""
        structlog.get_logger("lhcr.auth").warning("token-refused")
        if not self._attempts.failed(address, ""):
            return
        with suppress(Unavailable, *OUTAGES):
            await self._alarm.ring("fhir")
        if self._waiting < _MOST_WAITING:
            self._waiting += 1
            try:
                await asyncio.sleep(SLOWED_SECONDS)
            finally:
                self._waiting -= 1


_LOOKED_AT: Final = frozenset({b"origin", b"authorization", b"access-control-request-method"})


def _shared(origin: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", _EXPOSED), _VARY]


async def _preflight(send: Send, origin: bytes | None) -> None:
    """Answer what a browser asks before it asks: nothing is read and nobody is looked up for it."""
    headers = [(b"content-length", b"0"), _VARY]
    if origin is not None:
        headers += [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _SENT),
            (b"access-control-max-age", _KEPT_SECONDS),
        ]
    await send({"type": "http.response.start", "status": 403 if origin is None else 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
