"""Lost writers: those that no living worker holds and that never said their end. Each is ended by one entry that says so.

The entry is the lost writer's own next one, in its chain. So it can be written once only, and a worker that was thought lost and lives
finds its next number taken: what it wanted to write is refused, nothing is sent, and it begins another writer.
"""

import time
from collections.abc import Sequence
from typing import Final

import asyncpg

from lhcr.audit.lane import Lane
from lhcr.audit.log import INSERT_ENTRIES
from lhcr.audit.writer_lost import writer_lost
from lhcr.kernel.clock import Clock
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "lost_writers.sql")
#: A worker whose connection broke has this time to take its locks again.
_EVERY_SECONDS: Final = 55.0


class LostWriters:
    """`site` is the area's own name in the log, `overseer` the organisation whose privacy office reads of it, "" for nobody's."""

    def __init__(self, *, clock: Clock, site: str, overseer: str = "", every_seconds: float = _EVERY_SECONDS) -> None:
        self._clock = clock
        self._site = site
        self._overseer = overseer
        self._every = every_seconds
        self._free: frozenset[int] = frozenset()
        self._due = 0.0

    def forget(self) -> None:
        """Begin anew: what was seen before somebody else sequenced says nothing."""
        self._free, self._due = frozenset(), 0.0

    async def look_when_due(self, connection: Connection) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + self._every
            await self.look(connection)

    async def look(self, connection: Connection) -> Sequence[int]:
        """Mark the writers whose locks are free and were free at the last look, and return them.

        Once is not enough: after the database was killed every lock is free until its worker is back.
        """
        free = frozenset(row["writer_id"] for row in await connection.fetch(_SQL["free"]))
        lost = [each for each in sorted(free & self._free) if await self._mark(connection, each)]
        self._free = free.difference(lost)
        return lost

    async def _mark(self, connection: Connection, writer_id: int) -> bool:
        """Return whether it was marked: not where it lives after all, or another was quicker."""
        try:
            async with connection.transaction():
                await connection.execute(_SQL["wait_briefly"])
                return await self._end(connection, writer_id)
        except (asyncpg.UniqueViolationError, asyncpg.LockNotAvailableError):
            return False

    async def _end(self, connection: Connection, writer_id: int) -> bool:
        if not await connection.fetchval(_SQL["try_lock"], writer_id):
            return False
        last = await connection.fetchrow(_SQL["last_entry"], writer_id)
        if last is None or not await connection.fetchval(_SQL["end_writer"], writer_id, last["seq"]):
            return False
        lane = Lane(writer_id, seq=last["seq"], chain=last["chain"])
        entry = writer_lost(
            writer_id, last_seq=last["seq"], last_recorded=last["recorded"], now=self._clock.now(), site=self._site,
            overseer=self._overseer,
        )  # fmt: skip
        await connection.execute(INSERT_ENTRIES, *lane.prepare([entry]).parameters)
        return True
