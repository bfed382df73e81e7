"""A worker's pool: who waits for a connection is told so in time, and who need not wait pays nothing for that."""

import asyncio
from collections.abc import Callable

import pytest

from lhcr.kernel.errors import Unavailable
from lhcr.store.database import open_pool


async def test_who_waits_for_a_connection_in_vain_is_told_so_and_the_next_is_served(
    migrated_database: Callable[[], str],
) -> None:
    """Hazard: behind a statement that hangs, every clinician waits without an end."""
    async with await open_pool(migrated_database(), smallest=1, largest=1, patience_seconds=0.05) as pool:
        async with pool.acquire():
            with pytest.raises(Unavailable) as refused:
                await pool.fetchval("SELECT 1")
        assert refused.value.issues[0].error == "connections-busy"
        assert await pool.fetchval("SELECT 1") == 1


async def test_who_waits_is_served_when_a_connection_becomes_free_in_time(migrated_database: Callable[[], str]) -> None:
    async with await open_pool(migrated_database(), smallest=1, largest=1, patience_seconds=30) as pool:
        async with pool.acquire():
            waiting = asyncio.create_task(pool.fetchval("SELECT 1"))
            await asyncio.sleep(0.02)
            assert not waiting.done()
        assert await waiting == 1


async def test_where_a_connection_is_free_nobody_sets_a_deadline(
    migrated_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be paid on each request of each clinician for what next to none of them meets."""

    def refuse(_: float | None) -> None:
        raise AssertionError("a deadline was set")

    async with await open_pool(migrated_database(), smallest=2, largest=2) as pool:
        monkeypatch.setattr("lhcr.store.database.asyncio.timeout", refuse)
        async with pool.acquire(), pool.acquire():
            monkeypatch.undo()


async def test_a_connection_is_given_back_without_a_task_of_its_own(
    migrated_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await open_pool(migrated_database(), smallest=1, largest=1) as pool:
        with monkeypatch.context() as patch:
            patch.setattr(asyncio, "shield", _refuse_shield)
            assert [await pool.fetchval("SELECT $1::int", number) for number in range(3)] == [0, 1, 2]


def _refuse_shield(_: object) -> None:
    raise AssertionError("a task was made to give a connection back")


async def test_who_is_cancelled_in_a_statement_leaves_a_connection_that_serves_the_next(
    migrated_database: Callable[[], str],
) -> None:
    """Hazard: each clinician who closes a page while it loads takes a connection along, until there is none."""
    async with await open_pool(migrated_database(), smallest=1, largest=1, patience_seconds=5) as pool:
        for _ in range(5):
            asking = asyncio.create_task(pool.fetchval("SELECT pg_sleep(30)"))
            await asyncio.sleep(0.05)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert await pool.fetchval("SELECT 1") == 1


async def test_who_is_cancelled_again_while_the_connection_is_given_back_takes_nothing_along(
    migrated_database: Callable[[], str],
) -> None:
    async with await open_pool(migrated_database(), smallest=1, largest=1, patience_seconds=5) as pool:
        for turns in range(12):
            asking = asyncio.create_task(pool.fetchval("SELECT pg_sleep(30)"))
            await asyncio.sleep(0.02)
            asking.cancel()
            for _ in range(turns):
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait([asking])
            assert await pool.fetchval("SELECT 1") == 1
        assert pool.get_size() == 1


async def test_what_a_transaction_left_open_has_done_is_undone_before_the_next_is_served(
    migrated_database: Callable[[], str],
) -> None:
    """Hazard: half of somebody's write becomes part of somebody else's."""
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    try:
        async with await open_pool(migrated_database(), smallest=1, largest=1) as pool:
            async with pool.acquire() as connection:
                await connection.execute("CREATE TABLE kept (n int)")
                await connection.transaction().start()
                await connection.execute("INSERT INTO kept VALUES (1)")
            assert await pool.fetchval("SELECT count(*) FROM kept") == 0
    finally:
        asyncio.get_running_loop().set_exception_handler(None)
    assert len(told) == 1
