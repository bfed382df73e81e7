"""The database that a command works on: the one that is named, or the embedded one of a data folder, started where need be."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lhcr.kernel.errors import Issue, Unavailable

if TYPE_CHECKING:
    import asyncpg

    from lhcr.store.embedded import EmbeddedPostgres

#: The name of the area's database in the embedded server.
AREA: Final = "area"
_PATIENCE_SECONDS: Final = 10


@contextmanager
def open_database(*, data_dir: Path | None, database_url: str, create: bool) -> Iterator[str]:
    """Lend the address of the area's database.

    The embedded one is started where need be and migrated; when the block ends it is left, and stopped unless somebody else uses
    it. Raises Unavailable where there is none: the embedded one is made only where `create` says so, a named one never.
    """
    from lhcr.cli.database_watch import watched
    from lhcr.store.migrations import migrate

    if database_url:
        asyncio.run(_require_schema(database_url))
        yield database_url
        return
    with embedded_server(data_dir=data_dir, create=create) as server:
        dsn = asyncio.run(create_area(server))
        asyncio.run(migrate(dsn))
        if create:
            asyncio.run(_mark_new(dsn))
        with watched(server):
            yield dsn


@contextmanager
def embedded_server(*, data_dir: Path | None, create: bool) -> "Iterator[EmbeddedPostgres]":
    """Lend the running embedded server of a folder. Raises Unavailable where there is none and `create` does not allow to make it."""
    from lhcr.store.embedded import EmbeddedPostgres, State, default_data_dir

    folder = data_dir or default_data_dir()
    server = EmbeddedPostgres(folder)
    if not create and server.status().state is State.ABSENT:
        raise absent(f"There is no embedded database in {folder}. Make one with `lhcr demo` or `lhcr load`.")
    with server:
        yield server


async def create_area(server: "EmbeddedPostgres") -> str:
    """Make the area's database in a running embedded server, unless it is there, and return its address."""
    import asyncpg

    connection = await connect(server.dsn())
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", AREA):
            await connection.execute(f'CREATE DATABASE "{AREA}"')
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # Another command made it meanwhile.
    finally:
        await connection.close()
    return server.dsn(AREA)


async def connect(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect, or say in a sentence that it cannot be done (Unavailable), without repeating the address."""
    import asyncpg

    try:
        return await asyncpg.connect(dsn, timeout=_PATIENCE_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        name = type(error).__name__
        raise absent(f"The database cannot be reached ({name}). Check its address; nothing was changed.") from None


def absent(diagnostics: str) -> Unavailable:
    return Unavailable([Issue(code="exception", error="database-absent", diagnostics=diagnostics)])


async def _mark_new(dsn: str) -> None:
    """Mark an embedded database that has just been made: the embedded server is for demonstrations, never for production."""
    from lhcr.cli.demonstration_mark import mark_demonstration

    connection = await connect(dsn)
    try:
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM person)"):
            await mark_demonstration(connection)
    finally:
        await connection.close()


async def is_newest(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Return whether a database has every migration of this program."""
    from lhcr.store.migrations import migrations

    known = await connection.fetchval("SELECT to_regclass('schema_migration')")
    applied = await connection.fetch("SELECT name FROM schema_migration") if known else []
    return {each.name for each in migrations()} <= {row["name"] for row in applied}


async def _require_schema(dsn: str) -> None:
    connection = await connect(dsn)
    try:
        newest = await is_newest(connection)
    finally:
        await connection.close()
    if not newest:
        raise absent("The database's schema is not the newest. Run `lhcr migrate` first; nothing was changed.")
