"""Lost writers against a real database: marked once where their worker is gone, never where it lives or has said its end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import msgspec
import pytest
from tests.audit.conftest import NOW

from lhcr.audit.answer import Answer
from lhcr.audit.entry import Entry, PendingEntry
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.audit.lost_writers import LostWriters
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.verdict import Verdict
from lhcr.audit.verify import verify_log
from lhcr.audit.writer_hold import WriterHold
from lhcr.audit.writer_lost import says_lost
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Unavailable
from lhcr.store.database import Pool, open_pool

MakeEntry = Callable[[int], PendingEntry]
ANSWER = Answer(status=200, headers=(), body=(b"{}",))
CLOCK = FixedClock(NOW + timedelta(seconds=30))
_OPEN = "SELECT count(*) FROM audit_writer WHERE last_seq IS NULL"
_LOCKS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 19529 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"


@asynccontextmanager
async def working(database: str) -> AsyncIterator[tuple[AuditLog, WriterHold]]:
    """A worker's log, on connections of its own, which are cut off at the end without a word."""
    pool = await open_pool(database)
    hold = WriterHold(pool)
    yield AuditLog(pool, hold=hold), hold
    pool.terminate()


@pytest.fixture
async def worker(database: str) -> AsyncIterator[tuple[AuditLog, WriterHold]]:
    async with working(database) as made:
        yield made


def looking() -> LostWriters:
    return LostWriters(clock=CLOCK, site="Test Area", overseer="RRE")


async def look(pool: Pool, *, lost: LostWriters | None = None, times: int = 3) -> list[int]:
    """Look as a sequencer does, placing what waits before each look, and return what was marked."""
    lost, found = lost or looking(), list[int]()
    for _ in range(times):
        await Sequencer(pool, clock=CLOCK).sequence_now()
        async with pool.acquire() as connection:
            found += await lost.look(connection)
    await Sequencer(pool, clock=CLOCK).sequence_now()
    return found


async def marks(pool: Pool) -> list[tuple[int, int, str]]:
    rows = await pool.fetch("SELECT writer_id, seq, text FROM audit_entry ORDER BY writer_id, seq")
    entries = [(row["writer_id"], row["seq"], msgspec.json.decode(row["text"], type=Entry)) for row in rows]
    return [(writer_id, seq, entry.query) for writer_id, seq, entry in entries if says_lost(entry)]


async def cut_off(pool: Pool) -> None:
    """End the connections that hold locks of writers, and wait until their locks are gone."""
    for row in await pool.fetch(_LOCKS):
        await pool.execute("SELECT pg_terminate_backend($1, 5000)", row["pid"])


async def checked(pool: Pool) -> Verdict:
    verdict = await verify_log(pool)
    assert verdict.intact, verdict.defects
    return verdict


async def test_a_worker_of_two_that_is_gone_is_marked_once(
    pool: Pool, database: str, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    """Hazard: an answer that never left counts for ever as one that somebody saw."""
    alive, _ = worker
    await alive.append([make_entry(0)])
    async with working(database) as (killed, _):
        await killed.append([make_entry(1), make_entry(2)])
        gone = await pool.fetchval("SELECT max(writer_id) FROM audit_writer")
    await until_only(pool, 1, _LOCKS)
    assert await look(pool) == [gone]
    recorded = (NOW + timedelta(milliseconds=2)).isoformat()
    assert await marks(pool) == [(gone, 3, f"writer={gone}&last=2&recorded={recorded}")]
    assert await look(pool) == []
    assert await look(pool) == []
    await alive.append([make_entry(3)])
    verdict = await checked(pool)
    assert (verdict.entries, verdict.writers) == (5, 2)
    assert await pool.fetchval("SELECT last_seq FROM audit_writer WHERE writer_id = $1", gone) == 3


async def until_only(pool: Pool, wanted: int, statement: str) -> None:
    """Wait until a statement gives so many rows."""
    for _ in range(500):
        if len(await pool.fetch(statement)) == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not {wanted} rows: {statement}")


async def test_a_worker_that_closes_well_is_not_marked(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    log, hold = worker
    async with hold.running():
        await log.append([make_entry(1)])
        async with log.write_lane() as lane:
            await log._pool.execute(INSERT_ENTRIES, *lane.prepare([make_entry(2)]).parameters)
            lane.committed()
        await log.close()
    assert await pool.fetch(_LOCKS) == []
    assert (await look(pool), await marks(pool), await pool.fetchval(_OPEN)) == ([], [], 0)
    await checked(pool)


async def test_a_worker_that_lives_is_not_marked_however_long_it_is_quiet(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    log, hold = worker
    await log.append([make_entry(1)])
    await hold.renew()
    assert await look(pool, times=5) == []


async def test_a_worker_whose_locks_were_cut_off_takes_them_again_before_it_is_thought_lost(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    """As after the database was killed and started again: every lock is free for a while."""
    log, hold = worker
    lost = looking()
    await log.append([make_entry(1)])
    await cut_off(pool)
    assert await look(pool, lost=lost, times=1) == []
    with pytest.raises((Unavailable, asyncpg.PostgresError, OSError, asyncpg.InterfaceError)):
        await hold._kept.fetchval("SELECT 1")  # type: ignore[union-attr]
    await hold.renew()
    assert await look(pool, lost=lost) == []
    await log.append([make_entry(2)])
    assert await pool.fetchval("SELECT count(*) FROM audit_writer") == 1
    await log.close()
    await checked(pool)


async def test_a_worker_that_was_thought_lost_and_lives_sends_nothing_and_begins_another_writer(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    """Hazard: entries behind the end of their writer, which nobody would place in the tree."""
    log, _ = worker
    await log.append([make_entry(1)])
    async with log.write_lane() as lane:
        await log._pool.execute(INSERT_ENTRIES, *lane.prepare([make_entry(2)]).parameters)
        lane.committed()
    await cut_off(pool)
    assert len(await look(pool)) == 2
    with pytest.raises(Unavailable):
        await log.release([make_entry(3)], ANSWER)
    with pytest.raises(Unavailable):
        async with log.write_lane() as lane:
            await log._pool.execute(INSERT_ENTRIES, *lane.prepare([make_entry(4)]).parameters)
    await log.release([make_entry(5)], ANSWER)
    async with log.write_lane() as lane:
        await log._pool.execute(INSERT_ENTRIES, *lane.prepare([make_entry(6)]).parameters)
        lane.committed()
    await log.close()
    assert await look(pool) == []
    verdict = await checked(pool)
    assert (verdict.entries, verdict.writers, verdict.unsequenced) == (6, 4, 0)


async def test_closing_after_the_mark_leaves_the_end_that_the_mark_gave(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    log, _ = worker
    await log.append([make_entry(1)])
    await cut_off(pool)
    assert len(await look(pool)) == 1
    await log.close()
    await checked(pool)


async def test_two_who_look_at_once_mark_once(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    log, _ = worker
    await log.append([make_entry(1)])
    await cut_off(pool)
    both = looking(), looking()
    for one in both:
        assert await look(pool, lost=one, times=1) == []

    async def once(one: LostWriters) -> int:
        async with pool.acquire() as connection:
            return len(await one.look(connection))

    assert sum(await asyncio.gather(*(once(one) for one in both))) == 1
    await Sequencer(pool, clock=CLOCK).sequence_now()
    assert len(await marks(pool)) == 1
    await checked(pool)


async def test_an_entry_that_is_being_written_is_waited_for_and_wins(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    log, _ = worker
    await log.append([make_entry(1)])
    await cut_off(pool)
    lost = looking()
    assert await look(pool, lost=lost, times=1) == []
    lane = log._read_lane
    assert lane is not None
    async with log._pool.acquire() as connection, pool.acquire() as looker:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(INSERT_ENTRIES, *lane.prepare([make_entry(2)]).parameters)
        asking = asyncio.create_task(lost.look(looker))
        await asyncio.sleep(0.05)
        assert not asking.done()
        await transaction.commit()
        assert await asking == []
    assert await marks(pool) == []
    assert await pool.fetchval(_OPEN) == 1


async def test_writers_that_nobody_ever_held_and_those_without_entries_are_left_alone(
    pool: Pool, log: AuditLog, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    """As those of a version that knew no locks, which may live."""
    await log.append([make_entry(1)])
    await worker[1].begin()
    await cut_off(pool)
    assert await look(pool) == []


async def test_entries_that_have_no_place_yet_are_not_closed_off(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    log, _ = worker
    await log.append([make_entry(1), make_entry(2)])
    await cut_off(pool)
    lost = looking()
    async with pool.acquire() as connection:
        assert [*await lost.look(connection), *await lost.look(connection)] == []


async def test_a_dropped_writer_is_let_go_while_its_worker_lives(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    """Hazard: locks of writers that failed fill the server's table of locks during an outage of the log."""
    log, hold = worker
    await log.append([make_entry(1)])
    await pool.execute("ALTER TABLE audit_entry RENAME TO gone")
    with pytest.raises(Unavailable):
        await log.append([make_entry(2)])
    await pool.execute("ALTER TABLE gone RENAME TO audit_entry")
    assert len(await pool.fetch(_LOCKS)) == 1
    await hold.renew()
    assert await pool.fetch(_LOCKS) == []


async def test_the_sequencer_looks_by_itself(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    log, _ = worker
    await log.append([make_entry(1)])
    await cut_off(pool)
    lost = LostWriters(clock=CLOCK, site="Test Area", every_seconds=0.02)
    async with Sequencer(pool, clock=CLOCK, every_seconds=0.01, lost=lost).running():
        await until_only(pool, 2, "SELECT FROM audit_leaf")
    assert len(await marks(pool)) == 1
    await checked(pool)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_writer SET last_seq = NULL",
        "UPDATE audit_writer SET last_seq = 1",
        "DELETE FROM audit_entry WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 1",
    ],
)
async def test_nobody_hides_behind_a_mark(
    pool: Pool, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry, tampering: str
) -> None:
    log, _ = worker
    await log.append([make_entry(1)])
    await cut_off(pool)
    await look(pool)
    await checked(pool)
    await pool.execute(tampering)
    assert not (await verify_log(pool)).intact


async def test_a_mark_that_is_not_where_it_says_or_not_the_last_is_told(
    pool: Pool, log: AuditLog, worker: tuple[AuditLog, WriterHold], make_entry: MakeEntry
) -> None:
    held, _ = worker
    await held.append([make_entry(1)])
    await cut_off(pool)
    await look(pool)
    text = await pool.fetchval("SELECT text FROM audit_entry WHERE seq = 2")
    copied = PendingEntry(recorded=CLOCK.now(), person_id=None, decision=None, text=text)
    await log.append([make_entry(3), copied, make_entry(4)])
    await Sequencer(pool, clock=CLOCK).sequence_now()
    verdict = await verify_log(pool)
    assert {defect.kind for defect in verdict.defects} == {"wrong-loss"}
    assert verdict.defect_count == 2
