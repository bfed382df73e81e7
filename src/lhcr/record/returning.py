"""Returning: what a merge brought to a survivor goes back to the person whose it is, in the transaction that undoes the merge."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from lhcr.record.bringing import MERGE, Table, read_tables
from lhcr.record.draft import Method
from lhcr.record.identity_claim import IdentityClaim
from lhcr.record.links import Key
from lhcr.store.brought_ties import BROUGHT_TIES
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

UNMERGE: Final = {**load_statements("lhcr.record", "unmerge.sql"), **BROUGHT_TIES}
#: Each has a statement of its own, or stays.
_APART: Final = frozenset(
    {"person", "resource", "resource_member", "judged_opening", "outbox", "merged_row", "merged_part"}
)


class Returning:
    """Takes entries back to the merged person, of whom the survivor has had them, both locked."""

    def __init__(self, connection: Connection, *, merge_id: str, survivor: int, merged: int) -> None:
        self._connection = connection
        self._merge_id = merge_id
        self._both = (survivor, merged)

    async def take_back(self, rids: Sequence[int], *, at: datetime, ended: datetime) -> None:
        """Take every row of some entries back, as of an instant, and whatever else the merge brought."""
        await self._connection.execute(MERGE["end_own_word"], *self._both, ended)
        await self._connection.execute(MERGE["end_alerts"], *self._both, ended)
        await self._connection.execute(MERGE["end_notices"], *self._both)
        for table in await read_tables(self._connection):
            if table.name not in _APART:
                await self._take_back_table(table, rids)
        await self._connection.execute(MERGE["supersede"], *self._both, rids)
        await self._connection.execute(MERGE["bring_current"], *self._both, at, int(Method.PUT), rids)
        await self._leave("resource", rids)
        await self._divide_orders()
        await self._connection.execute(UNMERGE["rename_homes"], *self._both, rids)

    async def _divide_orders(self) -> None:
        """Have what was ordered while the two were one hold of the entries of each, wherever those are now."""
        both = (self._both, self._both[::-1])
        for statement in ("share_orders", "leave_orders"):
            for one, other in both:
                await self._connection.execute(UNMERGE[statement], one, other)

    async def _take_back_table(self, table: Table, rids: Sequence[int]) -> None:
        if table.named_by_rid:
            await self._connection.execute(table.fill(UNMERGE["return"]), *self._both, rids)
            await self._leave(table.name, rids)
        elif table.key:
            await self._connection.execute(table.fill(UNMERGE["return_parts"]), *self._both, self._merge_id, table.name)
            text = table.fill(UNMERGE["leave_parts"])
            await self._connection.execute(text, self._both[0], self._merge_id, table.name)

    async def return_ties(self, *, since_merged: Collection[str], since_survivor: Collection[str]) -> None:
        """Give back who contributed to whom; `since_...`: the organisations that wrote about them since the merge."""
        await self._run("return_ties", self._merge_id)
        await self._run("prolong_ties", sorted(since_merged))
        await self._connection.execute(UNMERGE["forget_ties"], self._both[0])
        await self._connection.execute(UNMERGE["shorten_ties"], self._both[0], self._merge_id, sorted(since_survivor))

    async def return_names(self, keys: Collection[Key], claims: Collection[IdentityClaim]) -> None:
        """Give back ids and identifiers: those that the merge brought, and those of entries that go back, `keys`, and `claims`."""
        for statement in ("return_ids", "return_loaded", "return_identifiers", "return_released", "return_apart"):
            await self._run(statement, self._merge_id)
        await self._run("return_self", self._merge_id)
        columns = [[key[0] for key in keys], [key[1] for key in keys]]
        await self._run("return_ids_of_rows", *columns)
        await self._run("return_loaded_of_rows", *columns)
        listed = [
            [each.source_id for each in claims],
            [each.system for each in claims],
            [each.value for each in claims],
        ]
        await self._run("return_claims", *listed)

    async def forget(self, *, undone: datetime, rerouted: Sequence[int]) -> None:
        """Let go of what was kept to be able to undo, so that nothing links the two."""
        await self._connection.execute(UNMERGE["reroute"], rerouted, self._both[1])
        for statement in ("forget_rows", "forget_parts"):
            await self._connection.execute(UNMERGE[statement], self._both[0], self._merge_id)
        await self._connection.execute(UNMERGE["undo"], self._merge_id, undone)
        await self._connection.execute(UNMERGE["stand_again"], *self._both)

    async def _leave(self, table: str, rids: Sequence[int]) -> None:
        await self._connection.execute(UNMERGE["leave"].format(table=table), self._both[0], rids)

    async def _run(self, name: str, *arguments: object) -> None:
        await self._connection.execute(UNMERGE[name], *self._both, *arguments)
