import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from tests.conftest import MakeDatabase

from lhcr.store.database import Connection
from lhcr.store.search.horizon import LOCK_CLASS, read_horizon

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
async def connections(fresh_database: MakeDatabase) -> AsyncIterator[tuple[Connection, Connection]]:
    dsn = fresh_database()
    reader, writer = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    yield reader, writer
    await reader.close()
    await writer.close()


async def test_without_an_open_write_the_horizon_is_now(connections: tuple[Connection, Connection]) -> None:
    reader, _ = connections
    before: datetime = await reader.fetchval("SELECT clock_timestamp()")
    horizon = await read_horizon(reader)
    assert before <= horizon <= await reader.fetchval("SELECT clock_timestamp()")


async def test_an_open_write_holds_the_horizon_back_until_it_commits(
    connections: tuple[Connection, Connection],
) -> None:
    """Hazard: a poller passes over an entry that was timed before its answer and committed after it."""
    reader, writer = connections
    began = 1_780_000_000_123
    async with writer.transaction():
        await writer.execute("SELECT pg_advisory_xact_lock_shared($1)", LOCK_CLASS | began)
        await writer.execute("SELECT pg_advisory_xact_lock_shared($1)", LOCK_CLASS | (began + 5))
        assert await read_horizon(reader) == EPOCH + timedelta(milliseconds=began)
    assert await read_horizon(reader) > datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=1)


async def test_other_advisory_locks_do_not_hold_it_back(connections: tuple[Connection, Connection]) -> None:
    reader, writer = connections
    now: datetime = await reader.fetchval("SELECT clock_timestamp()")
    await writer.execute("SELECT pg_advisory_lock(42), pg_advisory_lock(19528, 1), pg_advisory_lock($1)", 0x4C47 << 48)
    assert await read_horizon(reader) >= now


async def test_a_poller_under_concurrent_writers_misses_nothing(fresh_database: MakeDatabase) -> None:
    """Writers wait a little between taking their time and committing; a poller continues from each horizon."""
    pool = await asyncpg.create_pool(fresh_database(), min_size=6, max_size=6)
    await pool.execute("CREATE TABLE written (at timestamptz NOT NULL)")
    seen, since = 0, EPOCH

    async def write(number: int) -> None:
        for step in range(20):
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(
                    "SELECT pg_advisory_xact_lock_shared($1 | floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)",
                    LOCK_CLASS,
                )
                await connection.execute("INSERT INTO written SELECT clock_timestamp()")
                await asyncio.sleep((number * 7 + step * 3) % 5 / 1000)

    async def poll() -> None:
        nonlocal seen, since
        async with pool.acquire() as connection:
            until = await read_horizon(connection)
            seen += await connection.fetchval("SELECT count(*) FROM written WHERE at >= $1 AND at < $2", since, until)
        # A writer's lock is as of a whole millisecond, so a horizon may lie a little before the last one.
        since = max(since, until)

    writers = asyncio.gather(*(write(number) for number in range(4)))
    while not writers.done():
        await poll()
    await poll()
    assert seen == 80
    await pool.close()
