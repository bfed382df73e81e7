"""Outages: what asking again may mend, told from what it never will."""

from collections.abc import Callable

import asyncpg
import pytest

from lhcr.store.database import open_pool
from lhcr.store.outages import is_outage


async def error_of(dsn: str, *statements: str) -> Exception:
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        *before, last = statements
        for statement in before:
            await pool.execute(statement)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as raised:
            await pool.execute(last)
        return raised.value


@pytest.mark.parametrize(
    "statements",
    [
        ("SET default_transaction_read_only = on", "CREATE TABLE kept (id int)"),
        ("SET statement_timeout = 10", "SELECT pg_sleep(5)"),
        ("DO $$ BEGIN RAISE lock_not_available; END $$",),
        ("DO $$ BEGIN RAISE deadlock_detected; END $$",),
        ("DO $$ BEGIN RAISE disk_full; END $$",),
        ("SELECT pg_terminate_backend(pg_backend_pid())",),
    ],
)
async def test_what_passes_is_an_outage(fresh_database: Callable[[], str], statements: tuple[str, ...]) -> None:
    assert is_outage(await error_of(fresh_database(), *statements))


@pytest.mark.parametrize("statement", ["SELECT 1/0", "SELECT * FROM nowhere", "SELEKT", "SELECT 'x'::int"])
async def test_what_is_wrong_with_a_statement_is_a_defect(fresh_database: Callable[[], str], statement: str) -> None:
    assert not is_outage(await error_of(fresh_database(), statement))


async def test_a_value_that_the_driver_cannot_send_is_a_defect(fresh_database: Callable[[], str]) -> None:
    async with await open_pool(fresh_database(), smallest=1, largest=1) as pool:
        with pytest.raises(asyncpg.DataError) as raised:
            await pool.fetchval("SELECT $1::int", "seven")
    assert not is_outage(raised.value)


async def test_nobody_waits_for_ever_for_what_another_holds(fresh_database: Callable[[], str]) -> None:
    async with await open_pool(fresh_database(), smallest=1, largest=1) as pool:
        assert await pool.fetchval("SHOW lock_timeout") == "10s"
