"""Reclassed: a row that is to be of another access class, with everything by which it is found.

Hazard guarded here: a sensitive item exposed by a row that is left behind, in a search, a chain or as what somebody is a member of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from lhcr.fhir.search.catalogue import parameters_of, type_name
from lhcr.record.rows import SEARCH_TABLES
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.record", "relabel.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassed:
    """A row as it was looked at (`person_id`, `rid`, `version`, `class`), current or past, and the class that it is to get."""

    row: asyncpg.Record
    becomes: int


async def reclass(connection: Connection, changes: Sequence[Reclassed], *, past: bool) -> None:
    """Give rows their classes, all current ones or all past ones. One that is not any more as it was looked at keeps what it has."""
    if not changes:
        return
    columns = columns_of(changes)
    if past:
        await connection.execute(_SQL["relabelled_past"], *columns)
    else:
        await _write_search(connection, await connection.fetch(_SQL["relabelled_current"], *columns))


def columns_of(changes: Sequence[Reclassed]) -> tuple[list[int], ...]:
    """Return persons, rids, versions, classes that were, and classes that are to be."""
    looked_at = [[each.row[name] for each in changes] for name in ("person_id", "rid", "version", "class")]
    return (*looked_at, [each.becomes for each in changes])


async def _write_search(connection: Connection, written: Sequence[asyncpg.Record]) -> None:
    """Give what is found of rows, and who else is named in them, the class that the rows have now."""
    search = [
        (row["person_id"], row["rid"], parameter.id, row["class"])
        for row in written
        for parameter in parameters_of(type_name(row["type"])).values()
    ]
    members = [
        (member, row["person_id"], row["rid"], row["class"]) for row in written for member in row["members"] or ()
    ]
    for table in SEARCH_TABLES if search else ():
        await connection.execute(_SQL["relabelled_search"].replace("{table}", table), *zip(*search, strict=True))
    if members:
        await connection.execute(_SQL["relabelled_members"], *zip(*members, strict=True))
