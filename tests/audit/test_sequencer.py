"""The sequencer against a real database: one at a time, every entry once, in each writer's order."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast

import asyncpg
import pytest

from lhcr.audit import sequencer as sequencer_module
from lhcr.audit.entry import PendingEntry
from lhcr.audit.leaf import entry_leaf
from lhcr.audit.log import AuditLog
from lhcr.audit.merkle import root_of
from lhcr.audit.sequencer import Sequencer
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import Interrupted
from lhcr.store.database import Pool

MakeEntry = Callable[[int], PendingEntry]


@pytest.fixture
def sequencer(pool: Pool) -> Sequencer:
    return Sequencer(pool, clock=SystemClock(), every_seconds=0.01)


async def fill(log: AuditLog, make_entry: MakeEntry, *, writers: int = 3, each: int = 5) -> None:
    async def run(writer: int) -> None:
        async with log.write_lane() as lane:
            for n in range(each):
                rows = lane.prepare([make_entry(writer + n * writers)])
                await insert(log, rows.parameters)
                lane.committed()
                await asyncio.sleep(0)

    await asyncio.gather(*(run(writer) for writer in range(writers)))


async def insert(log: AuditLog, parameters: tuple[object, ...]) -> None:
    from lhcr.audit.log import INSERT_ENTRIES

    await log._pool.execute(INSERT_ENTRIES, *parameters)


async def leaves_of(pool: Pool) -> list[tuple[int, int, int]]:
    rows = await pool.fetch("SELECT leaf_index, writer_id, seq FROM audit_leaf ORDER BY leaf_index")
    return [(row["leaf_index"], row["writer_id"], row["seq"]) for row in rows]


async def test_every_entry_gets_one_place_in_its_writers_order(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry
) -> None:
    await fill(log, make_entry)
    assert await sequencer.sequence_now()
    leaves = await leaves_of(pool)
    assert [index for index, _, _ in leaves] == list(range(15))
    for writer in {writer for _, writer, _ in leaves}:
        assert [seq for _, of, seq in leaves if of == writer] == list(range(1, 6))
    (head,) = await pool.fetch("SELECT * FROM audit_head")
    entries = await pool.fetch("SELECT * FROM audit_leaf JOIN audit_entry USING (writer_id, seq) ORDER BY leaf_index")
    hashes = [entry_leaf(writer_id=row["writer_id"], seq=row["seq"], digest=row["digest"]) for row in entries]
    assert (head["tree_size"], head["root_hash"]) == (15, root_of(hashes))
    times = [row["recorded"] for row in entries]
    assert times == sorted(times)


async def test_a_later_head_follows_from_the_earlier_one(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry
) -> None:
    await fill(log, make_entry)
    await sequencer.sequence_now()
    await fill(log, make_entry)
    await sequencer.sequence_now()
    await sequencer.sequence_now()
    heads = await pool.fetch("SELECT tree_size, root_hash FROM audit_head ORDER BY tree_size")
    hashes = [row["leaf_hash"] for row in await pool.fetch("SELECT leaf_hash FROM audit_leaf ORDER BY leaf_index")]
    assert [(head["tree_size"], head["root_hash"]) for head in heads] == [(n, root_of(hashes[:n])) for n in (15, 30)]


async def test_it_sequences_within_a_second_while_entries_arrive(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry
) -> None:
    running = asyncio.create_task(sequencer.run())
    for n in range(20):
        await log.append([make_entry(n)])
    await asyncio.sleep(1)
    running.cancel()
    await asyncio.wait([running])
    assert len(await leaves_of(pool)) == 20


async def test_only_one_worker_is_the_sequencer(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> None:
    await fill(log, make_entry)
    async with pool.acquire() as holder:
        await holder.fetchval("SELECT pg_try_advisory_lock(7811887398896067953)")
        assert not await Sequencer(pool, clock=SystemClock()).sequence_now()
    assert await leaves_of(pool) == []


async def test_a_worker_that_stops_leaves_the_lock_to_the_next(pool: Pool, sequencer: Sequencer) -> None:
    running = asyncio.create_task(sequencer.run())
    await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.wait([running])
    async with asyncio.TaskGroup() as group:
        results = [group.create_task(sequencer.sequence_now()) for _ in range(3)]
    assert any(result.result() for result in results)
    assert (
        await pool.fetchval(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        == 0
    )


async def test_a_sequencer_that_was_replaced_without_knowing_writes_nothing(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry
) -> None:
    await fill(log, make_entry)
    async with pool.acquire() as connection:
        old = await connection.fetchval("UPDATE audit_sequencer SET fence = fence + 1 RETURNING fence")
        await sequencer.sequence_now()
        await fill(log, make_entry)
        with pytest.raises(Interrupted):
            await sequencer.place_waiting(connection, fence=old)
    assert len(await leaves_of(pool)) == 15


async def test_behind_a_gap_nothing_of_that_writer_is_placed(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry, caplog: pytest.LogCaptureFixture
) -> None:
    await fill(log, make_entry, writers=2)
    writer = await pool.fetchval("SELECT min(writer_id) FROM audit_writer")
    await pool.execute("DELETE FROM audit_entry WHERE writer_id = $1 AND seq = 3", writer)
    with caplog.at_level(logging.ERROR):
        await sequencer.sequence_now()
    placed = [seq for _, of, seq in await leaves_of(pool) if of == writer]
    assert placed == [1, 2]
    assert len(await leaves_of(pool)) == 7
    assert "misses entry 3" in caplog.text


async def test_an_ended_writer_is_still_sequenced_to_its_end(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry
) -> None:
    await log.append([make_entry(1), make_entry(2)])
    await log.close()
    await sequencer.sequence_now()
    assert len(await leaves_of(pool)) == 2
    assert await pool.fetchval("SELECT count(*) FROM audit_writer WHERE last_seq IS NULL OR sequenced < last_seq") == 0


async def test_a_cancellation_is_not_lost_where_the_connection_breaks_meanwhile() -> None:
    """Hazard: a worker that was told to end goes on as the sequencer, beside the one that took over."""

    class Breaking:
        def is_closed(self) -> bool:
            return False

        async def fetchval(self, statement: str) -> int:
            if statement == sequencer_module._SQL["unlock"]:
                raise asyncpg.ConnectionDoesNotExistError("the connection was closed in the midst of an operation")
            return 1

    async def serve() -> None:
        async with sequencer_module._lock(cast("Any", Breaking())):
            await asyncio.sleep(60)

    serving = asyncio.create_task(serve())
    await asyncio.sleep(0)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_a_cancellation_is_not_lost_where_the_pool_took_a_broken_connection_back(pool: Pool) -> None:
    """The same hazard, where the connection is of a real pool and its end was noticed: it answers nothing at all then."""

    async def serve() -> None:
        async with pool.acquire() as connection, sequencer_module._lock(connection):
            pid = connection.get_server_pid()
            await pool.execute("SELECT pg_terminate_backend($1, 5000)", pid)
            holding.set()
            await asyncio.sleep(60)

    holding, serving = asyncio.Event(), asyncio.create_task(serve())
    await holding.wait()
    # The end of the connection arrives while the loop turns.
    await asyncio.sleep(0.05)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_entries_that_arrive_one_by_one_share_a_head(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> None:
    """A head for every entry would cost more than the entries, and fill the table of heads."""
    before = await pool.fetchval("SELECT count(*) FROM audit_head")
    started = asyncio.get_running_loop().time()
    async with Sequencer(pool, clock=SystemClock(), every_seconds=0.1).running():
        for n in range(60):
            await log.append([make_entry(n)])
            await asyncio.sleep(0.005)
        passed = asyncio.get_running_loop().time() - started
    heads = await pool.fetchval("SELECT count(*) FROM audit_head") - before
    assert 0 < heads <= passed / 0.1 + 2
