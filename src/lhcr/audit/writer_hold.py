"""The hold that a living worker has on its writers of the log: a lock for each, on one connection that it keeps.

A worker that is killed loses its connections with its life, and so its locks: that is how whoever sequences the log knows that a
writer will never say its end (`lost_writers`). A lock costs nothing an entry and nothing an answer.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from lhcr.kernel.errors import Unavailable
from lhcr.store.background import in_background
from lhcr.store.database import Connection, Pool
from lhcr.store.outages import OUTAGES
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "writer_hold.sql")
_LOG: Final = logging.getLogger(__name__)
_INTERRUPTIONS: Final[tuple[type[Exception], ...]] = (Unavailable, *OUTAGES)
_TIMEOUT_SECONDS: Final = 10.0
#: Much shorter than the time for which a lock must be free before its writer is thought lost.
_EVERY_SECONDS: Final = 10.0


class WriterHold:
    """Begins writers and holds them. A connection that broke is replaced, and what was held is held again."""

    def __init__(self, pool: Pool, *, every_seconds: float = _EVERY_SECONDS) -> None:
        self._pool = pool
        self._every = every_seconds
        self._kept: PoolConnectionProxy[asyncpg.Record] | None = None
        self._held: set[int] = set()
        self._dropped: set[int] = set()
        self._turn = asyncio.Lock()

    async def begin(self) -> int:
        """Return the number of a new writer, which is held. Raises what an outage raises."""
        async with self._turn:
            connection = await self._connected()
            writer: int = await connection.fetchval(_SQL["begin_writer"], timeout=_TIMEOUT_SECONDS)
            self._held.add(writer)
        return writer

    def drop(self, writer_id: int) -> None:
        """Let a writer go, soon, which this worker will not use again and whose end it does not know."""
        if writer_id in self._held:
            self._held.discard(writer_id)
            self._dropped.add(writer_id)

    async def renew(self) -> None:
        """Make sure that the locks are still held, and let go of those that were dropped."""
        async with self._turn:
            if self._held or self._dropped:
                connection = await self._connected()
                dropped = tuple(self._dropped)
                await connection.fetch(_SQL["let_go"], dropped, timeout=_TIMEOUT_SECONDS)
                self._dropped.difference_update(dropped)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Renew the hold for as long as the block lasts, and let everything go at its end."""
        try:
            async with in_background(self._run()):
                yield
        finally:
            await self._give_back()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.renew()
            except _INTERRUPTIONS as error:
                _LOG.warning("the locks of the audit log's writers will be taken again: %s", type(error).__name__)

    async def _connected(self) -> "PoolConnectionProxy[asyncpg.Record]":
        """Return the kept connection, or a new one on which everything is held that was."""
        if self._kept is None or not _lives(self._kept):
            await self._give_back()
            connection = await self._pool.acquire(timeout=_TIMEOUT_SECONDS)
            try:
                await connection.fetch(_SQL["hold_again"], tuple(self._held), timeout=_TIMEOUT_SECONDS)
            except BaseException:
                # Its locks are nobody's: they must not outlive it in the pool.
                connection.terminate()
                await self._pool.release(connection)
                raise
            self._kept = connection
            self._dropped.clear()
        return self._kept

    async def _give_back(self) -> None:
        connection, self._kept = self._kept, None
        if connection is None:
            return
        try:
            if _lives(connection):
                with suppress(*OUTAGES):
                    await connection.fetchval(_SQL["let_all_go"], timeout=_TIMEOUT_SECONDS)
        finally:
            await self._pool.release(connection)


def _lives(connection: Connection) -> bool:
    """Whether it has not ended. The pool takes one that broke back by itself, and then it answers nothing at all."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False
