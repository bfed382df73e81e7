"""The origins from which browsers may ask: those of the addresses to which registered apps are led back, and no other.

Each worker remembers them for some seconds: a browser of a stranger's page asks the database nothing by asking often.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from lhcr.kernel.errors import Unavailable
from lhcr.store.outages import OUTAGES

KEPT_SECONDS: Final = 5.0
_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 300


class Origins:
    """`read` gives the addresses to which apps are led back now."""

    def __init__(
        self, read: Callable[[], Awaitable[list[str]]], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._monotonic = monotonic
        self._known: frozenset[str] = frozenset()
        self._good_until = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def hold(self, origin: str) -> bool:
        """Return whether a browser may ask for a page of this origin. While the database is away, what was known stands."""
        if len(origin) > _LONGEST:
            return False
        async with self._one_at_a_time:
            if self._monotonic() >= self._good_until:
                with suppress(Unavailable, *OUTAGES):
                    self._known = frozenset(map(origin_of, await self._read()))
                self._good_until = self._monotonic() + KEPT_SECONDS
        return origin in self._known


def origin_of(uri: str) -> str:
    """Return the origin of an address, as browsers write it (RFC 6454): scheme and host in small letters, and a port of its own."""
    parts = urlsplit(uri)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in {None, _PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
