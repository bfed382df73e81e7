"""The upkeep of signing in: what has ended, or was begun and never finished, is removed every few minutes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog

from lhcr.kernel.errors import Unavailable
from lhcr.store.background import in_background
from lhcr.store.outages import OUTAGES

_EVERY_SECONDS: Final = 300.0
_UNDONE: Final[tuple[type[Exception], ...]] = (*OUTAGES, Unavailable)


class SignInUpkeep:
    def __init__(
        self, sweeps: Sequence[Callable[[], Awaitable[None]]], *, every_seconds: float = _EVERY_SECONDS
    ) -> None:
        self._sweeps = sweeps
        self._every_seconds = every_seconds

    async def sweep(self) -> None:
        for sweep in self._sweeps:
            await sweep()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with in_background(self._run()):
            yield

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            try:
                await self.sweep()
            except _UNDONE as error:
                # The next one removes what this one left.
                structlog.get_logger("lhcr.portal").warning("sign-in-upkeep-undone", error=type(error).__name__)
