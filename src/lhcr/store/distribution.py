"""Distribution: a migrated database spread over the nodes of a Citus cluster, table by table as `lhcr.store.tables` says.

Citus belongs to the operator: the extension is created and the nodes are added before. What is held by tests here: that the
statements below are given in an order that can be interrupted and run again, and that the schema fulfils what Citus demands of
it, against functions with the signatures and preconditions that Citus documents. Citus itself did not run them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from lhcr.kernel.errors import Conflict, Issue, Unavailable
from lhcr.store.database import Connection
from lhcr.store.migrations import LOCK, interrupted_when_cut_off
from lhcr.store.statements import load_statements
from lhcr.store.tables import TABLES, Kind, Table, tables_of

_STATEMENTS: Final = load_statements("lhcr.store", "distribution.sql")
_DISTRIBUTED: Final = "distributed"
_REFERENCE: Final = "reference"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement that puts one table in its place."""

    table: str
    sql: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """What Citus says of a table that it manages."""

    type: str
    column: str | None


async def distribute(dsn: str, *, shards: int | None = None) -> list[str]:
    """Spread the tables of a migrated database over the nodes of its cluster; return the names of those that were placed now.

    Each table is placed in a transaction of its own: what was interrupted goes on with the next run, and a second run does
    nothing. `shards` is the number of parts of each person's tables, Citus's own setting where None; it cannot be changed
    by running this again. Rows that are there already are moved by Citus, which keeps a copy on the coordinator that nobody
    reads any more until `truncate_local_data_after_distributing_table` is called: best run before the first load.

    Raises Unavailable where the database has no Citus, Conflict where it is not migrated to this version or a table is
    placed in another way: then nothing was changed. Raises Interrupted where the server ended the connection.
    """
    connection = await asyncpg.connect(dsn)
    try:
        with interrupted_when_cut_off():
            await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
            return await _place(connection, shards)
    finally:
        await connection.close()


async def _place(connection: Connection, shards: int | None) -> list[str]:
    if not await connection.fetchval(_STATEMENTS["supported"]):
        raise Unavailable([_without_citus()])
    await _check_tables(connection)
    todo = list(steps(await _placed(connection), shards=shards))
    for step in todo:
        await connection.execute(step.sql, *step.arguments)
    return [step.table for step in todo]


def steps(placed: Mapping[str, Placed], *, shards: int | None) -> Iterator[Step]:
    """Yield what is still to do, the directory first. Raises Conflict, before any step, for a table in a wrong place."""
    wrong = [table for table in TABLES.values() if not _is_as_planned(table, placed.get(table.name))]
    if wrong:
        raise Conflict([_placed_otherwise(table) for table in wrong])
    for table in tables_of(Kind.DIRECTORY):
        if table.name not in placed:
            yield Step(table.name, _STATEMENTS["refer"], (table.name,))
    first, *others = tables_of(Kind.BY_PERSON)
    if first.name not in placed:
        yield _alone(first, shards)
    for table in others:
        if table.name not in placed:
            yield Step(table.name, _STATEMENTS["distribute_beside"], (table.name, table.column, first.name))
    for table in tables_of(Kind.BY_KEY):
        if table.name not in placed:
            yield _alone(table, shards)


def _alone(table: Table, shards: int | None) -> Step:
    if shards is None:
        return Step(table.name, _STATEMENTS["distribute_alone"], (table.name, table.column))
    return Step(table.name, _STATEMENTS["distribute_alone_in_shards"], (table.name, table.column, shards))


def _is_as_planned(table: Table, placed: Placed | None) -> bool:
    if placed is None:
        return True
    match table.kind:
        case Kind.BY_PERSON | Kind.BY_KEY:
            return placed == Placed(_DISTRIBUTED, table.column)
        case Kind.DIRECTORY:
            return placed.type == _REFERENCE
        case Kind.LOG | Kind.UPKEEP:
            return False


async def _check_tables(connection: Connection) -> None:
    """Hazard: a table that nobody thought of stays on one node, and a person's record is read without it."""
    present = {row["name"] for row in await connection.fetch(_STATEMENTS["present"])}
    differing = sorted((set(TABLES) - present) | (present - set(TABLES)))
    if differing:
        raise Conflict([_not_this_version(differing)])


async def _placed(connection: Connection) -> dict[str, Placed]:
    """Return the tables that Citus spreads. What it manages on one node only can still be spread."""
    rows = await connection.fetch(_STATEMENTS["placed"])
    managed = (_DISTRIBUTED, _REFERENCE)
    return {row["name"]: Placed(row["type"], row["column"]) for row in rows if row["type"] in managed}


def _without_citus() -> Issue:
    return Issue(
        code="not-supported",
        error="citus-missing",
        diagnostics="This database has no Citus. Nothing was changed. Create the extension and add the nodes first "
        "(CREATE EXTENSION citus; SELECT citus_add_node(...)), or run without distributing: one server needs nothing of it.",
    )


def _not_this_version(names: list[str]) -> Issue:
    return Issue(
        code="conflict",
        error="schema-differs",
        diagnostics=f"The tables of the database are not those of this version: {', '.join(names)}. Nothing was changed. "
        "Migrate it with this version, and keep tables of other programs in a schema of their own.",
    )


def _placed_otherwise(table: Table) -> Issue:
    where = f"{table.kind.value}, {table.column}" if table.column else table.kind.value
    return Issue(
        code="conflict",
        error="distributed-otherwise",
        diagnostics=f"Table {table.name} is distributed already, and not as it should be ({where}). Nothing was changed. "
        f"Undo that (SELECT undistribute_table('{table.name}')) and run this again.",
    )
