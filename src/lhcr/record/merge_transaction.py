"""The transaction of a merge, or of its undoing: everybody whose rows change is locked first, and every decision about them over last."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from lhcr.access.classes import AccessClasses
from lhcr.access.moved import PersonMoved
from lhcr.audit.entry import PendingEntry
from lhcr.audit.lane import Lane
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.kernel.clock import Clock
from lhcr.record import merge_reason
from lhcr.record.bringing import MERGE, persons_beside
from lhcr.store.database import Connection, Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMerge:
    connection: Connection
    lane: Lane

    async def moment(self) -> datetime:
        """Return the time of what is written from now on, under the lock that pollers look at."""
        await self.connection.execute(MERGE["held"])
        at: datetime = await self.connection.fetchval(MERGE["moment"])
        return at

    async def log(self, said: Sequence[PendingEntry]) -> None:
        await self.connection.execute(INSERT_ENTRIES, *self.lane.prepare(said).parameters)


class MergeTransactions:
    """Opens them for one worker."""

    def __init__(self, *, pool: Pool, log: AuditLog, clock: Clock, classes: AccessClasses) -> None:
        self.pool = pool
        self.log = log
        self.clock = clock
        self._classes = classes

    @asynccontextmanager
    async def opened(self, persons: Collection[int], *, merged: int | None = None) -> AsyncIterator[OpenMerge]:
        """Lend a transaction in which everybody whose rows change is locked, in the one order of all writers.

        `merged` is whose record goes on in another's now, None where nobody's may. When the block ends every decision about any of them
        is over, and so is every worker's knowledge of whose record is whose. Raises PersonMoved (503) where another is merged
        meanwhile, and Busy (503) while entries are labelled anew.
        """
        async with self.log.write_lane() as lane:
            async with self.pool.acquire() as connection, connection.transaction():
                await connection.execute("SET LOCAL statement_timeout = 0")
                # Before persons are locked, in the order in which a relabelling goes on.
                await _refuse_while_relabelling(connection)
                locked = await _locked(connection, persons, merged=merged)
                yield OpenMerge(connection=connection, lane=lane)
                await connection.execute(MERGE["raise_epochs"], sorted(locked))
                # The last of all: whoever takes a number of a class or source waits for it.
                await connection.execute(MERGE["raise_policy_epoch"])
            lane.committed()
        await self._classes.current()


async def _locked(connection: Connection, persons: Collection[int], *, merged: int | None) -> set[int]:
    together = {*persons, *await _beside(connection, persons)}
    rows = await connection.fetch(MERGE["lock"], sorted(together))
    standing = {row["person_id"] for row in rows if row["survivor_id"] is None or row["person_id"] == merged}
    # Also who was named while the lock was waited for.
    if not {*persons} <= standing or not await _beside(connection, persons) <= together:
        raise PersonMoved
    return {row["person_id"] for row in rows}


async def _beside(connection: Connection, persons: Collection[int]) -> set[int]:
    return {each for person in persons for each in await persons_beside(connection, person)}


async def _refuse_while_relabelling(connection: Connection) -> None:
    """Raise Busy (503) while entries are labelled anew, which goes from person to person and would pass over what is moved behind it.

    Hazard: a sensitive item exposed. No relabelling goes on until this transaction has ended.
    """
    if await connection.fetchval(MERGE["relabelling"]) != "done":
        raise merge_reason.relabelling()
