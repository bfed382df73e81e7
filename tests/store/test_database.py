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
