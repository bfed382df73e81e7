"""Migrations: each once, in order, whole or not at all, whatever happens meanwhile."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from tests.conftest import MakeDatabase

import lhcr.store.migrations as module
from lhcr.kernel.errors import Conflict, Interrupted
from lhcr.store.database import Connection
from lhcr.store.migrations import Migration, migrate, migrations

NAMES = [migration.name for migration in migrations()]
_ASLEEP = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"
_WAITING = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"


@pytest.fixture
def dsn(fresh_database: MakeDatabase) -> str:
    return fresh_database()


@pytest.fixture
async def other(dsn: str) -> AsyncIterator[Connection]:
    """A second connection, to look on with and to interfere."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


def with_one_more(monkeypatch: pytest.MonkeyPatch, sql: str, *, after: str = NAMES[1]) -> None:
    """Let there be one more migration among the others."""
    existing = list(migrations())

    def changed() -> Iterator[Migration]:
        for migration in existing:
            yield migration
            if migration.name == after:
                yield Migration(f"{after}_and_more", sql)

    monkeypatch.setattr(module, "migrations", changed)


async def until_seen(other: Connection, statement: str) -> int:
    async with asyncio.timeout(20):
        while (pid := await other.fetchval(statement)) is None:  # noqa: ASYNC110 -- another session sets no event here
            await asyncio.sleep(0.02)
    return int(pid)


async def applied(other: Connection) -> list[str]:
    return [row["name"] for row in await other.fetch("SELECT name FROM schema_migration ORDER BY name")]


async def test_an_empty_database_is_brought_to_the_newest_schema(dsn: str, other: Connection) -> None:
    assert await migrate(dsn) == NAMES
    assert await applied(other) == NAMES


async def test_migrating_twice_is_nothing(dsn: str, other: Connection) -> None:
    await migrate(dsn)
    before = await other.fetch("SELECT * FROM schema_migration")
    assert await migrate(dsn) == []
    assert await other.fetch("SELECT * FROM schema_migration") == before


async def test_of_several_at_once_each_migration_is_applied_by_one(dsn: str) -> None:
    lists = await asyncio.gather(*(migrate(dsn) for _ in range(4)))
    assert sorted(name for names in lists for name in names) == NAMES


async def test_what_is_new_is_applied_to_an_older_database(
    dsn: str, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(module, "migrations", lambda: iter(list(migrations())[:3]))
        assert await migrate(dsn) == NAMES[:3]
    assert await migrate(dsn) == NAMES[3:]
    assert await applied(other) == NAMES


async def test_a_migration_whose_server_process_is_killed_is_undone_whole_and_applied_by_the_next_run(
    dsn: str, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: a half-made schema that a worker then writes into."""
    half = "CREATE TABLE half_made (id bigint); ALTER TABLE person ADD COLUMN half boolean; "
    with monkeypatch.context() as interrupted:
        with_one_more(interrupted, f"{half} SELECT pg_sleep(600)")
        running = asyncio.create_task(migrate(dsn))
        assert await other.fetchval("SELECT pg_terminate_backend($1)", await until_seen(other, _ASLEEP))
        with pytest.raises(Interrupted):
            await running
    assert await applied(other) == NAMES[:2]
    assert await other.fetchval("SELECT to_regclass('half_made')") is None
    with_one_more(monkeypatch, f"{half} SELECT 1")
    assert await migrate(dsn) == [f"{NAMES[1]}_and_more", *NAMES[2:]]
    assert await other.fetchval("SELECT count(*) FROM half_made") == 0


async def test_a_migration_whose_program_is_cancelled_is_undone_whole_and_lets_the_next_run_in(
    dsn: str, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        with_one_more(interrupted, "CREATE TABLE half_made (id bigint); SELECT pg_sleep(600)")
        running = asyncio.create_task(migrate(dsn))
        await until_seen(other, _ASLEEP)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    async with asyncio.timeout(20):
        assert await migrate(dsn) == NAMES[2:]
    assert await other.fetchval("SELECT to_regclass('half_made')") is None


async def test_who_waits_goes_on_when_the_first_is_killed(
    dsn: str, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        with_one_more(interrupted, "SELECT pg_sleep(600)")
        first = asyncio.create_task(migrate(dsn))
        asleep = await until_seen(other, _ASLEEP)
    second = asyncio.create_task(migrate(dsn))
    await until_seen(other, _WAITING)
    await other.fetchval("SELECT pg_terminate_backend($1)", asleep)
    with pytest.raises(Interrupted):
        await first
    assert await second == NAMES[2:]


async def test_a_migration_that_fails_leaves_those_before_it_and_nothing_of_its_own(
    dsn: str, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_one_more(monkeypatch, "CREATE TABLE half_made (id bigint); SELECT 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(dsn)
    assert await applied(other) == NAMES[:2]
    assert await other.fetchval("SELECT to_regclass('half_made')") is None


async def test_a_migration_that_was_changed_after_it_was_applied_is_refused(dsn: str, other: Connection) -> None:
    await migrate(dsn)
    digest = hashlib.sha256(b"another text").hexdigest()
    await other.execute("UPDATE schema_migration SET digest = $2 WHERE name = $1", NAMES[2], digest)
    with pytest.raises(Conflict) as refused:
        await migrate(dsn)
    (issue,) = refused.value.issues
    assert issue.error == "migration-changed"
    assert NAMES[2] in issue.diagnostics


def test_each_migration_has_a_number_of_its_own() -> None:
    """Gaps are left by work that goes on beside other work."""
    numbers = [int(name[:4]) for name in NAMES]
    assert numbers == sorted(set(numbers))


async def test_a_migration_that_came_later_with_a_lower_number_is_applied(
    dsn: str, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(dsn)
    with_one_more(monkeypatch, "CREATE TABLE late ()")
    assert await migrate(dsn) == [f"{NAMES[1]}_and_more"]
    assert await other.fetchval("SELECT to_regclass('late')") == "late"
