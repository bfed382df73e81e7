"""The sequencer: the one task of an area that gives entries of all writers their place in the tree, and stores its heads.

Any worker may run it; the advisory lock lets one. The lock can be lost without its holder's knowing, so each transaction also
holds the fence that the sequencer raised when it took over. Every head is signed, and where nothing happens one is signed each
minute, so that a log that stopped shows.
"""

import asyncio
import heapq
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Final

import asyncpg

from lhcr.audit.head_signing import rotate_key, sign_head
from lhcr.audit.leaf import entry_leaf
from lhcr.audit.log_key import KeyChain
from lhcr.audit.lost_writers import LostWriters
from lhcr.audit.merkle import Frontier
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Interrupted, Issue, Unavailable
from lhcr.store.background import in_background
from lhcr.store.database import Connection, Pool
from lhcr.store.outages import OUTAGES
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "sequencer.sql")
_LOG: Final = logging.getLogger(__name__)
_INTERRUPTIONS: Final[tuple[type[Exception], ...]] = (Interrupted, Unavailable, *OUTAGES)
_MOST_OF_A_WRITER: Final = 5_000
_EVERY_SECONDS: Final = 0.5
#: A head is due each minute; what the database takes to store it is left of that.
_QUIET_SECONDS: Final = 55.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An entry that has no place yet."""

    writer_id: int
    seq: int
    recorded: datetime
    digest: bytes


class Sequencer:
    """`hand_on` gets the note of each signed head once it is stored; it must neither wait nor raise. `lost` marks lost writers."""

    def __init__(
        self,
        pool: Pool,
        *,
        clock: Clock,
        every_seconds: float = _EVERY_SECONDS,
        quiet_seconds: float = _QUIET_SECONDS,
        hand_on: Callable[[str], None] | None = None,
        lost: LostWriters | None = None,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._every = every_seconds
        self._quiet = quiet_seconds
        self._hand_on = hand_on
        self._lost = lost
        self._signed_at = -quiet_seconds

    async def run(self) -> None:
        """Sequence until cancelled. Where another worker is the sequencer, or the database is down, wait and try again."""
        while True:
            try:
                await self._serve()
            except _INTERRUPTIONS:
                _LOG.warning("the sequencer of the audit log stopped and will try again", exc_info=True)
            await asyncio.sleep(self._every)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sequence in the background for as long as the block lasts."""
        async with in_background(self.run()):
            yield

    async def sequence_now(self) -> bool:
        """Sequence all that waits, once. Return False where another worker is the sequencer."""
        async with self._pool.acquire() as connection, _lock(connection) as fence:
            if fence is None:
                return False
            while await self.place_waiting(connection, fence=fence):
                pass
            return True

    async def place_waiting(self, connection: Connection, *, fence: int) -> int:
        """Place a batch of entries under a fence and return how many. Raises `Interrupted` where the fence has fallen."""
        note = None
        async with _fenced(connection, fence):
            placed = in_order(await connection.fetch(_SQL["waiting"], _MOST_OF_A_WRITER))
            if placed:
                note = await self._store(connection, placed, fence=fence)
            elif time.monotonic() - self._signed_at >= self._quiet:
                note = await self._sign(connection, await _last_frontier(connection), behind=False)
        if note is not None and self._hand_on is not None:
            self._hand_on(note)
        return len(placed)

    async def rotate_key(self) -> KeyChain:
        """Change to a new key and return all keys. The sequencer that runs meanwhile signs its next head with it."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.fetchval(_SQL["hold_any_fence"])
            return await rotate_key(connection, now=self._clock.now())

    async def _serve(self) -> None:
        async with self._pool.acquire() as connection, _lock(connection) as fence:
            # Whoever takes over signs at once: it cannot know how long nobody did.
            self._signed_at = -self._quiet
            if self._lost is not None:
                self._lost.forget()
            while fence is not None:
                # Only a backlog is followed at once: a head for every few entries would cost more than the entries do.
                if await self.place_waiting(connection, fence=fence) < _MOST_OF_A_WRITER:
                    if self._lost is not None:
                        await self._lost.look_when_due(connection)
                    await asyncio.sleep(self._every)

    async def _store(self, connection: Connection, placed: Sequence[Waiting], *, fence: int) -> str | None:
        before = await _last_frontier(connection)
        hashes = [entry_leaf(writer_id=each.writer_id, seq=each.seq, digest=each.digest) for each in placed]
        after = before.extend(hashes)
        writers, numbers = [each.writer_id for each in placed], [each.seq for each in placed]
        await connection.execute(_SQL["insert_leaves"], before.size, writers, numbers, hashes)
        await connection.execute(_SQL["advance_writers"], writers, numbers)
        now = self._clock.now()
        await connection.execute(_SQL["insert_head"], after.size, after.root, now, after.encoded, fence)
        return await self._sign(connection, after, behind=len(placed) >= _MOST_OF_A_WRITER)

    async def _sign(self, connection: Connection, frontier: Frontier, *, behind: bool) -> str | None:
        now, size, root = self._clock.now(), frontier.size, frontier.root
        note = await sign_head(connection, tree_size=size, root_hash=root, now=now, behind=behind)
        self._signed_at = time.monotonic()
        return note


async def _last_frontier(connection: Connection) -> Frontier:
    head = await connection.fetchrow(_SQL["last_head"])
    return Frontier.decode(head["tree_size"], head["frontier"]) if head else Frontier()


@asynccontextmanager
async def _fenced(connection: Connection, fence: int) -> AsyncIterator[None]:
    """Hold a fence for one transaction. Raises `Interrupted` where it has fallen."""
    async with connection.transaction():
        if await connection.fetchval(_SQL["hold_fence"], fence) is None:
            diagnostics = "Another sequencer has taken over; this one wrote nothing."
            raise Interrupted([Issue(code="transient", error="fenced-off", diagnostics=diagnostics)])
        yield


@asynccontextmanager
async def _lock(connection: Connection) -> AsyncIterator[int | None]:
    """Hold the lock and give the fence that was raised under it, None where another has the lock.

    The lock belongs to the session, and a connection goes back to its pool as it is: so the lock is given up here.
    """
    if not await connection.fetchval(_SQL["try_lock"]):
        yield None
        return
    try:
        yield await connection.fetchval(_SQL["raise_fence"])
    finally:
        # A connection that breaks gives its lock up too; its error must not take the place of a cancellation. The pool takes it back by
        # itself, and then it does not even answer whether it is closed.
        with suppress(*OUTAGES):
            if not connection.is_closed():
                await connection.fetchval(_SQL["unlock"])


def in_order(rows: Iterable[asyncpg.Record]) -> list[Waiting]:
    """Return the entries that can be placed: each writer's own without a gap and in its order, writers merged by time.

    Behind a gap nothing of that writer is placed: entries were taken away, and a proof must not cover that up.
    """
    runs = [_unbroken(writer_id, list(of_writer)) for writer_id, of_writer in groupby(rows, itemgetter("writer_id"))]
    return list(heapq.merge(*runs, key=attrgetter("recorded")))


def _unbroken(writer_id: int, rows: Sequence[asyncpg.Record]) -> list[Waiting]:
    run: list[Waiting] = []
    for expected, row in enumerate(rows, start=rows[0]["sequenced"] + 1):
        if row["seq"] != expected:
            _LOG.error("the audit log misses entry %d of writer %d", expected, writer_id)
            break
        run.append(Waiting(writer_id=writer_id, seq=row["seq"], recorded=row["recorded"], digest=row["digest"]))
    return run
