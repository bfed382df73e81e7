"""Bringing: the rows of one person become another's, table by table, whatever their number, in the transaction of a merge.

Hazard: partial shown as complete. Every table by person is asked of the catalogue, so that one that is new is brought along without
being named here, and a merge that cannot bring it fails whole.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.draft import Method
from lhcr.store.brought_ties import BROUGHT_TIES, TIES
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements
from lhcr.store.tables import Kind, tables_of

MERGE: Final = {**load_statements("lhcr.record", "merge.sql"), **BROUGHT_TIES}
#: What is not simply brought: each has a statement of its own, or stays.
_APART: Final = frozenset(
    {
        "person",
        "resource",
        "resource_member",
        TIES,
        "judged_opening",
        "outbox",
        "merged_row",
        "merged_part",
    }
)
_BOTH_RESOURCES: Final = ("resource", "resource_history")


class Table(NamedTuple):
    """A table by person: its columns and those of its key, both without `person_id`. `named_by_rid`: its rows say of which entry they are."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    named_by_rid: bool

    def statement(self, name: str) -> str:
        return self.fill(MERGE[name])

    def fill(self, text: str) -> str:
        key = ", ".join(f"{column}::text" for column in self.key)
        return text.format(table=self.name, columns=", ".join(self.columns), key=key)


class Place(NamedTuple):
    """Where an entry is at home."""

    person_id: int
    rid: int


class Bringing:
    """Brings what one person has to another, both locked, on one connection."""

    def __init__(self, connection: Connection, *, merge_id: str, merged: int, survivor: int) -> None:
        self._connection = connection
        self._merge_id = merge_id
        self._both = (merged, survivor)

    async def bring(
        self, *, at: datetime, ended: datetime, numbers_not_theirs: Collection[str], parties: Collection[str]
    ) -> None:
        """Bring everything, as of an instant under whose lock this is; what rests on somebody's own word has `ended`, by their clock.

        `numbers_not_theirs`: NHS numbers of the merged that never were the person's, and `parties` whom they would open the record to.
        """
        tables = {table.name: table for table in await read_tables(self._connection)}
        await self._connection.execute(MERGE["note_moment"], self._both[1], self._merge_id, at)
        await self._end_what_stands(ended)
        await self._run("note_rows", self._merge_id)
        await self._leave_self(parties)
        await self._bring_members()
        await self._run("tell_cases_apart")
        for table in (each for name, each in tables.items() if name not in _APART):
            await self._bring_table(table)
        await self._bring_current(at)
        await self._bring_relationships(tables)
        await self._run("bring_openings")
        await self._empty("judged_opening")
        for table_name in _BOTH_RESOURCES:
            await self._connection.execute(MERGE["unname_survivor"].format(table=table_name), self._both[1])
        await self._bring_names(numbers_not_theirs)
        await self._run("use_shelf")

    async def _end_what_stands(self, ended: datetime) -> None:
        await self._run("end_own_word", ended)
        await self._run("end_alerts", ended)
        await self._run("end_notices")

    async def _leave_self(self, parties: Collection[str]) -> None:
        """Hazard: a record opened to the wrong citizen, whose number somebody wrote down for this person."""
        if parties:
            await self._run("note_self", self._merge_id, sorted(parties))
            await self._connection.execute(MERGE["drop_self"], self._both[0], sorted(parties))

    async def _bring_table(self, table: Table) -> None:
        if not table.named_by_rid and table.key:
            await self._connection.execute(table.statement("note_parts"), *self._both, self._merge_id, table.name)
        await self._connection.execute(table.statement("bring"), *self._both)
        await self._empty(table.name)

    async def _bring_current(self, at: datetime) -> None:
        await self._run("supersede", None)
        await self._run("bring_current", at, int(Method.PUT), None)
        await self._empty("resource")

    async def _bring_relationships(self, tables: dict[str, Table]) -> None:
        await self._run("note_ties", self._merge_id)
        await self._run("bring_ties")
        await self._empty(tables[TIES].name)

    async def _bring_members(self) -> None:
        """Have entries that name the merged person name the survivor, and whom the merged person's entries name be found by them."""
        merged, survivor = self._both
        places = [Place(*row) for row in await self._connection.fetch(MERGE["member_places"], merged)]
        columns = [each.person_id for each in places], [each.rid for each in places]
        if places:
            await self._connection.execute(MERGE["note_members"], survivor, self._merge_id, *columns)
            for table in _BOTH_RESOURCES:
                await self._run("rename_member", *columns, table=table)
            await self._run("bring_memberships")
            await self._empty("resource_member")
        named = [row["m"] for row in await self._connection.fetch(MERGE["named_members"], merged)]
        if named:
            await self._run("note_named_survivor", self._merge_id)
            await self._run("forget_named_survivor")
            await self._connection.execute(MERGE["rename_homes"], merged, survivor, named)

    async def _bring_names(self, numbers_not_theirs: Collection[str]) -> None:
        await self._run("release_numbers", self._merge_id, NHS_NUMBER, sorted(numbers_not_theirs))
        for statement in ("bring_ids", "bring_loaded", "bring_identifiers"):
            await self._run(statement, self._merge_id)
        await self._run("bring_removed")

    async def _empty(self, table: str) -> None:
        await self._connection.execute(MERGE["empty"].format(table=table), self._both[0])

    async def _run(self, name: str, *arguments: object, table: str = "") -> None:
        text = MERGE[name].format(table=table) if table else MERGE[name]
        await self._connection.execute(text, *self._both, *arguments)


async def read_tables(connection: Connection) -> list[Table]:
    """Return every table by person as the database has it."""
    rows = await connection.fetch(MERGE["tables"], [table.name for table in tables_of(Kind.BY_PERSON)])
    return [Table(row["name"], tuple(row["columns"]), tuple(row["key"] or ()), row["named_by_rid"]) for row in rows]


async def persons_beside(connection: Connection, merged: int) -> set[int]:
    """Return whose rows change besides with a merge: where entries are at home that name the person, and whom theirs name."""
    homes = [row["home_person_id"] for row in await connection.fetch(MERGE["member_places"], merged)]
    named = [row["m"] for row in await connection.fetch(MERGE["named_members"], merged)]
    return {*homes, *named}
