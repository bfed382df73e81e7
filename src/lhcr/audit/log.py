"""The audit log as the rest of the house uses it: append, release, and the lanes by which writes log themselves."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from lhcr.audit.answer import Answer
from lhcr.audit.entry import PendingEntry
from lhcr.audit.group_commit import GroupCommit
from lhcr.audit.lane import Committed, Lane
from lhcr.audit.outage import shut, unavailable_when_shut
from lhcr.audit.released import SEAL, Released
from lhcr.audit.writer_hold import WriterHold
from lhcr.kernel.errors import LhcrError, Unavailable
from lhcr.store.database import Pool
from lhcr.store.outages import is_outage
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "log.sql")
#: The insert of a lane's rows: parameters $1 to $9 are `EntryRows.parameters`. Composable as a CTE of a larger statement.
INSERT_ENTRIES: Final = _SQL["insert_entries"]
#: The same, which tells the epoch of tokens in the snapshot of the insert: what was revoked before it is known with the entry itself.
_INSERT_AND_LOOK: Final = f"WITH entries AS ({INSERT_ENTRIES}) SELECT epoch FROM token_epoch"
_TIMEOUT_SECONDS: Final = 10.0
_MOST_KNOWN_TRACES: Final = 10_000


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

    def __init__(self, pool: Pool, *, hold: WriterHold | None = None) -> None:
        """Without a `hold` nobody will know of a worker that was killed that its writers have ended."""
        self._pool = pool
        self._hold = hold
        self._group = GroupCommit(self._flush)
        self._read_lane: Lane | None = None
        self._free_lanes: list[Lane] = []
        self._known_traces: set[bytes] = set()
        #: Which state tokens were in when the last entries of answers were made durable, 0 before the first.
        self.token_epoch = 0

    async def append(self, entries: Sequence[PendingEntry]) -> None:
        """Return when the entries are durable. Raises `Unavailable` (`log-unavailable`) when they may not be."""
        if entries:
            await self._append(entries)

    async def release(self, entries: Sequence[PendingEntry], answer: Answer) -> Released:
        """Return the answer once its entries are durable. Raises `Unavailable`: then nothing may be sent.

        Raises ValueError without entries: an answer that nobody wrote down is not released.
        """
        if not entries:
            raise ValueError("an answer is released with at least one entry")
        await self._append(entries)
        return Released(seal=SEAL, answer=answer)

    def released_by_commit(self, receipt: Committed, answer: Answer) -> Released:
        """Return the answer of a write, whose entries its own transaction made durable, as the lane's receipt says."""
        if not isinstance(receipt, Committed):
            raise TypeError("a write is released by the receipt of its lane")
        return Released(seal=SEAL, answer=answer)

    @asynccontextmanager
    async def write_lane(self) -> AsyncIterator[Lane]:
        """Lend a lane for one write. A lane of which it is unknown whether its rows are durable is dropped afterwards.

        Raises `Unavailable` where it was the log that refused the write; what else is raised inside is raised on.
        """
        lane = self._free_lanes.pop() if self._free_lanes else await self._begin_lane()
        try:
            yield lane
        except asyncpg.PostgresError as error:
            if not _rolled_back_for_certain(error):
                raise
            refusal = None if is_outage(error) else await self._refusal(lane)
            lane.abandoned()
            raise (refusal or error) from error
        except LhcrError:
            await self._settle(lane)
            raise
        finally:
            if lane.undecided or lane.overtaken:
                self._drop(lane)
            else:
                self._free_lanes.append(lane)

    async def remember_trace(self, text: bytes) -> str:
        """Store a decision's trace once, durably, and return its SHA-256 in hexadecimal. Raises `Unavailable`."""
        digest = hashlib.sha256(text).digest()
        if digest not in self._known_traces:
            async with unavailable_when_shut():
                await self._pool.execute(_SQL["remember_trace"], digest, text, timeout=_TIMEOUT_SECONDS)
            if len(self._known_traces) >= _MOST_KNOWN_TRACES:
                self._known_traces.clear()
            self._known_traces.add(digest)
        return digest.hex()

    async def close(self) -> None:
        """Wait for what is under way and say of each writer what its last entry was, if anybody listens.

        A worker ends also when its database has gone before it; then its writers have no end, as after a crash.
        """
        await self._group.drain()
        lanes = [*self._free_lanes, *([self._read_lane] if self._read_lane else [])]
        self._free_lanes, self._read_lane = [], None
        ends = [(lane.writer_id, lane.seq) for lane in lanes]
        with suppress(Unavailable):
            async with unavailable_when_shut():
                await self._pool.executemany(_SQL["end_writer"], ends, timeout=_TIMEOUT_SECONDS)

    async def _append(self, entries: Sequence[PendingEntry]) -> None:
        """Wait no longer than one flush may take, also behind another: what is written later all the same releases nothing."""
        async with unavailable_when_shut(), asyncio.timeout(_TIMEOUT_SECONDS):
            await self._group.append(entries)

    async def _refusal(self, lane: Lane) -> Unavailable | None:
        """Ask the log whether it was the one that refused a write: it is, where it does not take the entries by themselves."""
        if lane.pending is None:
            return None
        async with unavailable_when_shut(), self._pool.acquire(timeout=_TIMEOUT_SECONDS) as connection:
            attempt = connection.transaction()
            await attempt.start()
            try:
                await connection.execute(INSERT_ENTRIES, *lane.pending.parameters, timeout=_TIMEOUT_SECONDS)
            except asyncpg.PostgresError as failure:
                lane.overtaken = isinstance(failure, asyncpg.UniqueViolationError)
                return shut(failure)
            finally:
                await attempt.rollback()
        return None

    async def _settle(self, lane: Lane) -> None:
        """Take a lane back whose write was refused by our own code: its transaction is over, and the log says how it ended.

        A writer that is dropped has no end, and the sequencer looks at it for ever. While the log cannot be asked it is dropped.
        """
        if lane.pending is not None:
            with suppress(Unavailable):
                async with unavailable_when_shut():
                    place = lane.writer_id, lane.pending.first_seq
                    if not await self._pool.fetchval(_SQL["stands"], *place, timeout=_TIMEOUT_SECONDS):
                        lane.abandoned()

    async def _flush(self, entries: Sequence[PendingEntry]) -> None:
        self._read_lane = lane = self._read_lane or await self._begin_lane()
        try:
            async with unavailable_when_shut(), self._pool.acquire() as connection:
                # The lane is out of use until its rows are known to be durable: any failure from here on leaves it dropped.
                self._read_lane = None
                rows = lane.prepare(entries)
                epoch = await connection.fetchval(_INSERT_AND_LOOK, *rows.parameters, timeout=_TIMEOUT_SECONDS)
            lane.committed()
            self._read_lane, self.token_epoch = lane, max(epoch, self.token_epoch)
        finally:
            if self._read_lane is not lane:
                self._drop(lane)

    async def _begin_lane(self) -> Lane:
        async with unavailable_when_shut():
            if self._hold is not None:
                return Lane(await self._hold.begin())
            return Lane(await self._pool.fetchval(_SQL["begin_writer"], timeout=_TIMEOUT_SECONDS))

    def _drop(self, lane: Lane) -> None:
        if self._hold is not None:
            self._hold.drop(lane.writer_id)


def _rolled_back_for_certain(error: asyncpg.PostgresError) -> bool:
    """Whether the server itself refused the transaction, rather than ending or losing the connection in the midst of it."""
    return not (error.sqlstate or "08").startswith(("08", "40003", "57", "58", "XX"))
