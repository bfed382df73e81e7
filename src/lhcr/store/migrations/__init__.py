"""Migrations: plain SQL files in order, each applied once in a transaction of its own; safe to run twice and at once."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from lhcr.kernel.errors import Conflict, Interrupted, Issue

LOCK = 0x6C686372  # One migration runs at a time in a database; the number spells lhcr.


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> Iterator[Migration]:
    """Yield the migrations in the order of their names."""
    folder = files(__package__)
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".sql"):
            yield Migration(entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8"))


async def migrate(dsn: str) -> list[str]:
    """Bring a database to the newest schema and return the names of the migrations that were applied now.

    A migration that was interrupted is rolled back whole and applied by the next run; raises Interrupted where the server
    ended the connection. One whose text changed after it was applied is refused with Conflict: a schema is changed by a new
    migration.
    """
    connection = await asyncpg.connect(dsn)
    try:
        with interrupted_when_cut_off():
            await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
            return await _apply_missing(connection)
    finally:
        await connection.close()


@contextmanager
def interrupted_when_cut_off() -> Iterator[None]:
    """Raise Interrupted where the server ends a connection on which each step is a transaction of its own."""
    try:
        yield
    except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError) as error:
        raise Interrupted([_cut_off()]) from error


async def _apply_missing(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration "
        "(name text PRIMARY KEY, digest text NOT NULL, applied timestamptz NOT NULL DEFAULT clock_timestamp())"
    )
    applied = {
        row["name"]: row["digest"] for row in await connection.fetch("SELECT name, digest FROM schema_migration")
    }
    new = []
    for migration in migrations():
        if migration.name not in applied:
            await _apply(connection, migration)
            new.append(migration.name)
        elif applied[migration.name] != migration.digest:
            raise Conflict([_changed(migration.name)])
    return new


async def _apply(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO schema_migration (name, digest) VALUES ($1, $2)", migration.name, migration.digest
        )


def _cut_off() -> Issue:
    return Issue(
        code="incomplete",
        error="connection-ended",
        diagnostics="The database ended the connection. What was finished stays, the step that was cut off was undone whole. "
        "Run this again: it goes on where it ended.",
    )


def _changed(name: str) -> Issue:
    return Issue(
        code="conflict",
        error="migration-changed",
        diagnostics=f"Migration {name} was applied with another text. Nothing was changed; install the version that applied it.",
    )
