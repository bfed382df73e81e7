"""The audit log as the rest of the house uses it: append, release, and the lanes by which writes log themselves."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from lhcr.audit.answer import Answer
from lhcr.audit.entry import PendingEntry
from lhcr.audit.group_commit import GroupCommit
from lhcr.audit.lane import Committed, Lane
from lhcr.audit.outage import unavailable_when_down
from lhcr.audit.released import SEAL, Released
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "log.sql")
#: The insert of a lane's rows: parameters $1 to $9 are `EntryRows.parameters`. Composable as a CTE of a larger statement.
INSERT_ENTRIES: Final = _SQL["insert_entries"]
_TIMEOUT_SECONDS: Final = 10.0
_MOST_KNOWN_TRACES: Final = 10_000
_OUTAGE: Final = "The audit log does not accept entries, so nothing was released. Ask again in a moment."


class AuditLog:
    """The log of one worker process. Nothing is released while it cannot write: every failure here is `Unavailable` (503).

    Reads: `release`, or `append` for entries without an answer; callers share commits. Writes: take a lane *before* the
    connection of the write, and add the insert to the write's own transaction::

        async with log.write_lane() as lane:
            rows = lane.prepare(entries)
            ... run the write and INSERT_ENTRIES with rows.parameters in one transaction ...
            receipt = lane.committed()
        return log.released_by_commit(receipt, answer)
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._group = GroupCommit(self._flush)
        self._read_lane: Lane | None = None
        self._free_lanes: list[Lane] = []
        self._known_traces: set[bytes] = set()

    async def append(self, entries: Sequence[PendingEntry]) -> None:
        """Return when the entries are durable. Raises `Unavailable` (`log-unavailable`) when they may not be."""
        if entries:
            await self._group.append(entries)

    async def release(self, entries: Sequence[PendingEntry], answer: Answer) -> Released:
        """Return the answer once its entries are durable. Raises `Unavailable`: then nothing may be sent.

        Raises ValueError without entries: an answer that nobody wrote down is not released.
        """
        if not entries:
            raise ValueError("an answer is released with at least one entry")
        await self._group.append(entries)
        return Released(seal=SEAL, answer=answer)

    def released_by_commit(self, receipt: Committed, answer: Answer) -> Released:
        """Return the answer of a write, whose entries its own transaction made durable, as the lane's receipt says."""
        if not isinstance(receipt, Committed):
            raise TypeError("a write is released by the receipt of its lane")
        return Released(seal=SEAL, answer=answer)

    @asynccontextmanager
    async def write_lane(self) -> AsyncIterator[Lane]:
        """Lend a lane for one write. A lane of which it is unknown whether its rows are durable is dropped afterwards."""
        lane = self._free_lanes.pop() if self._free_lanes else await self._begin_lane()
        try:
            yield lane
        except asyncpg.PostgresError as error:
            if _rolled_back_for_certain(error):
                lane.abandoned()
            raise
        finally:
            if not lane.undecided:
                self._free_lanes.append(lane)

    async def remember_trace(self, text: bytes) -> str:
        """Store a decision's trace once, durably, and return its SHA-256 in hexadecimal. Raises `Unavailable`."""
        digest = hashlib.sha256(text).digest()
        if digest not in self._known_traces:
            async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
                await self._pool.execute(_SQL["remember_trace"], digest, text, timeout=_TIMEOUT_SECONDS)
            if len(self._known_traces) >= _MOST_KNOWN_TRACES:
                self._known_traces.clear()
            self._known_traces.add(digest)
        return digest.hex()

    async def close(self) -> None:
        """Wait for what is under way and say of each writer what its last entry was."""
        await self._group.drain()
        lanes = [*self._free_lanes, *([self._read_lane] if self._read_lane else [])]
        self._free_lanes, self._read_lane = [], None
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            await self._pool.executemany(_SQL["end_writer"], [(lane.writer_id, lane.seq) for lane in lanes])

    async def _flush(self, entries: Sequence[PendingEntry]) -> None:
        lane = self._read_lane or await self._begin_lane()
        # The lane is out of use until its rows are known to be durable: any failure leaves it dropped.
        self._read_lane = None
        rows = lane.prepare(entries)
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            await self._pool.execute(INSERT_ENTRIES, *rows.parameters, timeout=_TIMEOUT_SECONDS)
        lane.committed()
        self._read_lane = lane

    async def _begin_lane(self) -> Lane:
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            return Lane(await self._pool.fetchval(_SQL["begin_writer"], timeout=_TIMEOUT_SECONDS))


def _rolled_back_for_certain(error: asyncpg.PostgresError) -> bool:
    """Whether the server itself refused the transaction, rather than ending or losing the connection in the midst of it."""
    return not (error.sqlstate or "08").startswith(("08", "40003", "57", "58", "XX"))
