"""The log against a real database: what is durable, what is released, and what an outage does."""

import asyncio
import dataclasses
import time
from collections.abc import Callable
from contextlib import nullcontext

import asyncpg
import pytest

from lhcr.audit import log as log_module
from lhcr.audit.answer import Answer
from lhcr.audit.entry import PendingEntry
from lhcr.audit.lane import Committed, Lane, first_chain, next_chain, salted_digest
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.audit.released import Released
from lhcr.kernel.errors import Conflict, Issue, Unavailable
from lhcr.store.database import Pool

MakeEntry = Callable[[int], PendingEntry]
ANSWER = Answer(status=200, headers=(("ETag", 'W/"1"'),), body=(b"{}",))


async def rows_of(pool: Pool) -> list[asyncpg.Record]:
    return await pool.fetch("SELECT * FROM audit_entry ORDER BY writer_id, seq")


async def test_an_answer_is_released_after_its_entry_is_durable(
    pool: Pool, log: AuditLog, make_entry: MakeEntry
) -> None:
    entry = make_entry(1)
    released = await log.release([entry], ANSWER)
    (row,) = await rows_of(pool)
    assert (row["text"], row["person_id"], row["recorded"]) == (entry.text, 1, entry.recorded)
    assert (released.status, released.headers, released.body) == (200, ANSWER.headers, ANSWER.body)


async def test_an_answer_that_nobody_wrote_down_is_not_released(log: AuditLog) -> None:
    with pytest.raises(ValueError):
        await log.release([], ANSWER)


async def test_many_callers_share_one_gapless_chain(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> None:
    await asyncio.gather(*(log.append([make_entry(2 * n), make_entry(2 * n + 1)]) for n in range(200)))
    rows = await rows_of(pool)
    assert len({row["writer_id"] for row in rows}) == 1
    assert [row["seq"] for row in rows] == list(range(1, 401))
    assert sorted(row["person_id"] for row in rows) == list(range(400))
    chain = first_chain(rows[0]["writer_id"])
    for row in rows:
        assert row["digest"] == salted_digest(row["salt"], row["text"])
        chain = next_chain(chain, row["digest"])
        assert row["chain"] == chain
    assert len({row["salt"] for row in rows}) == 400


async def test_nothing_is_released_while_the_log_is_down(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> None:
    await pool.execute("ALTER TABLE audit_entry RENAME TO gone")
    answers = await asyncio.gather(*(log.release([make_entry(n)], ANSWER) for n in range(5)), return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    await pool.execute("ALTER TABLE gone RENAME TO audit_entry")
    await log.release([make_entry(9)], ANSWER)
    (row,) = await rows_of(pool)
    assert row["person_id"] == 9


async def test_a_lost_connection_ends_the_writer_and_the_next_entry_begins_another(
    pool: Pool, log: AuditLog, make_entry: MakeEntry
) -> None:
    await log.append([make_entry(1)])
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with pool.acquire() as connection:
        await connection.execute(others)
    for attempt in range(2, 6):
        try:
            await log.append([make_entry(attempt)])
        except Unavailable:
            continue
    rows = await rows_of(pool)
    for writer in {row["writer_id"] for row in rows}:
        numbers = [row["seq"] for row in rows if row["writer_id"] == writer]
        assert numbers == list(range(1, len(numbers) + 1))
    assert rows[-1]["person_id"] == 5


async def test_a_caller_who_leaves_early_leaves_its_entry_behind(
    pool: Pool, log: AuditLog, make_entry: MakeEntry
) -> None:
    leaving = asyncio.create_task(log.append([make_entry(1)]))
    await asyncio.sleep(0)
    leaving.cancel()
    await log.append([make_entry(2)])
    assert {row["person_id"] for row in await rows_of(pool)} == {1, 2}


async def write(log: AuditLog, pool: Pool, entry: PendingEntry, *, fail: bool = False) -> Released:
    """What a writer of the record does: its own rows and the entry in one transaction."""
    async with log.write_lane() as lane:
        rows = lane.prepare([entry])
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO person (person_id) VALUES ($1)", entry.person_id)
            await connection.execute(f"WITH entries AS ({INSERT_ENTRIES}) SELECT 1", *rows.parameters)
            if fail:
                await connection.execute("INSERT INTO person (person_id) VALUES ($1)", entry.person_id)
        receipt = lane.committed()
    return log.released_by_commit(receipt, ANSWER)


async def test_a_write_and_its_entry_are_durable_together_or_not_at_all(
    pool: Pool, log: AuditLog, make_entry: MakeEntry
) -> None:
    await write(log, pool, make_entry(1))
    with pytest.raises(asyncpg.UniqueViolationError):
        await write(log, pool, make_entry(2), fail=True)
    await write(log, pool, make_entry(3))
    rows = await rows_of(pool)
    assert [(row["person_id"], row["seq"]) for row in rows] == [(1, 1), (3, 2)]
    assert rows[0]["writer_id"] == rows[1]["writer_id"]


async def test_a_lane_of_unknown_outcome_is_dropped(log: AuditLog, make_entry: MakeEntry) -> None:
    async with log.write_lane() as lane:
        lane.prepare([make_entry(1)])
    async with log.write_lane() as another:
        assert another.writer_id != lane.writer_id


@pytest.mark.parametrize("together", [True, False], ids=["rolled back", "durable"])
async def test_a_write_that_is_refused_behind_its_entry_leaves_an_open_writer_only_if_the_entry_stands(
    pool: Pool, log: AuditLog, make_entry: MakeEntry, *, together: bool
) -> None:
    """Hazard: a number given twice; and writers without an end, which the sequencer looks at for ever."""

    async def refused() -> None:
        async with (
            log.write_lane() as lane,
            pool.acquire() as connection,
            connection.transaction() if together else nullcontext(),
        ):
            await connection.execute(INSERT_ENTRIES, *lane.prepare([make_entry(1)]).parameters)
            raise Conflict([Issue(code="conflict", error="id-taken", diagnostics="Taken.")])

    for _ in range(3):
        with pytest.raises(Conflict):
            await refused()
    assert len(await rows_of(pool)) == (0 if together else 3)
    assert await pool.fetchval("SELECT count(*) FROM audit_writer") == (1 if together else 3)
    await write(log, pool, make_entry(9))
    assert (await rows_of(pool))[-1]["seq"] == 1


async def test_concurrent_writes_have_lanes_of_their_own(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> None:
    await asyncio.gather(*(write(log, pool, make_entry(n)) for n in range(1, 41)))
    rows = await rows_of(pool)
    assert len(rows) == 40
    for writer in {row["writer_id"] for row in rows}:
        numbers = [row["seq"] for row in rows if row["writer_id"] == writer]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_closing_says_what_each_writers_last_entry_was(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> None:
    await log.append([make_entry(1), make_entry(2)])
    await write(log, pool, make_entry(3))
    await log.close()
    rows = await pool.fetch("SELECT last_seq FROM audit_writer ORDER BY writer_id")
    assert [row["last_seq"] for row in rows] == [2, 1]


async def test_a_trace_is_stored_once(pool: Pool, log: AuditLog) -> None:
    digests = {await log.remember_trace(b"{}") for _ in range(3)} | {await AuditLog(pool).remember_trace(b"{}")}
    assert len(digests) == 1
    assert await pool.fetchval("SELECT count(*) FROM audit_trace") == 1


def test_a_lane_takes_one_transaction_at_a_time(make_entry: MakeEntry) -> None:
    lane = Lane(1)
    with pytest.raises(RuntimeError):
        lane.committed()
    with pytest.raises(RuntimeError):
        lane.prepare([])
    first = lane.prepare([make_entry(1)])
    with pytest.raises(RuntimeError):
        lane.prepare([make_entry(2)])
    lane.abandoned()
    assert lane.prepare([make_entry(1)]).first_seq == first.first_seq


def test_nobody_else_can_release_an_answer_or_alter_a_released_one(log: AuditLog, make_entry: MakeEntry) -> None:
    with pytest.raises(TypeError):
        Released(seal=object(), answer=ANSWER)
    with pytest.raises(TypeError):
        Committed(seal=object(), writer_id=1, last_seq=1)
    with pytest.raises(TypeError):
        log.released_by_commit(None, ANSWER)  # type: ignore[arg-type]
    lane = Lane(1)
    lane.prepare([make_entry(1)])
    released = log.released_by_commit(lane.committed(), ANSWER)
    with pytest.raises(ValueError):
        dataclasses.replace(released, answer=Answer(status=500))  # type: ignore[call-arg]


async def test_an_entry_behind_a_locked_log_waits_no_longer_than_the_one_before_it(
    pool: Pool, log: AuditLog, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "_TIMEOUT_SECONDS", 0.5)
    await log.append([make_entry(1)])
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        first = asyncio.create_task(log.append([make_entry(2)]))
        await asyncio.sleep(0.2)
        answers = await asyncio.gather(first, log.release([make_entry(3)], ANSWER), return_exceptions=True)
        assert time.monotonic() - began < 1
    assert all(isinstance(answer, Unavailable) for answer in answers)


async def test_a_write_that_the_log_refuses_is_unavailable_and_one_that_fails_by_itself_is_not(
    pool: Pool, log: AuditLog, make_entry: MakeEntry
) -> None:
    """Hazard: a defect that looks like an outage is tried again for ever, and an outage that looks like a defect never."""

    async def write(more: str) -> None:
        async with log.write_lane() as lane, pool.acquire() as connection, connection.transaction():
            await connection.execute(INSERT_ENTRIES, *lane.prepare([make_entry(1)]).parameters)
            await connection.execute(more)
            lane.committed()

    with pytest.raises(asyncpg.DivisionByZeroError):
        await write("SELECT 1/0")
    with pytest.raises(asyncpg.LockNotAvailableError):
        await write("DO $$ BEGIN RAISE lock_not_available; END $$")
    await pool.execute("ALTER TABLE audit_entry RENAME TO gone")
    with pytest.raises(Unavailable) as refused:
        await write("SELECT 1")
    await pool.execute("ALTER TABLE gone RENAME TO audit_entry")
    assert refused.value.issues[0].error == "log-unavailable"
    assert await rows_of(pool) == []
    await write("SELECT 1")
    assert [row["seq"] for row in await rows_of(pool)] == [1]


async def test_a_defect_of_ours_is_no_outage_of_the_log(log: AuditLog, make_entry: MakeEntry) -> None:
    wrong = dataclasses.replace(make_entry(1), person_id="nobody")  # type: ignore[arg-type]
    with pytest.raises(asyncpg.DataError):
        await log.append([wrong])


async def test_a_log_closes_in_peace_when_its_database_is_gone(pool: Pool, make_entry: MakeEntry) -> None:
    log = AuditLog(pool)
    await log.append([make_entry(1)])
    await pool.close()
    await log.close()
