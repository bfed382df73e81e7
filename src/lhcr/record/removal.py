"""Removal under order: what a court, the Information Commissioner or the right person orders to be gone is gone, in every copy here.

Hazard guarded here: what is thought to be gone and is not. Everything that holds or is found by an entry goes in one transaction:
every version, search row, fact, membership and notice, names and numbers that nothing else needs, documents of the same source that
hold a copy, and copies in quarantine. What stays is the order, the names as digests, and the log.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lhcr.access.decision import AccessDecision
from lhcr.access.facts import forget_contributions, restricted_among
from lhcr.audit.entry import Action
from lhcr.fhir.json_document import read_json
from lhcr.record.entry_order import (
    ORDERS,
    EntryRow,
    GivenOrder,
    OpenOrder,
    Ordering,
    OrderKind,
    Selection,
    check_permits,
    read_authority,
    rows_of,
)
from lhcr.record.entry_reach import Reach, read_reach
from lhcr.record.given_orders import release_order
from lhcr.record.persons import Persons
from lhcr.record.removed_identity import forget_identifiers
from lhcr.record.removed_names import RemovedNames, identifier_names
from lhcr.record.removed_quarantine import forget_quarantined
from lhcr.store.database import Connection
from lhcr.store.tables import Kind, tables_of

_PATIENT: Final = "Patient"
_OWN_TABLES: Final = frozenset({"resource_member", "outbox", "entry_order"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What an order removed. `names_kept`: ids by which other entries of the source still mean the person, so that they stay.

    `quarantined`: inputs in quarantine whose content was a copy. `shows_places`: nobody says any more that the person must not be
    found.
    """

    order_id: str
    reach: Reach
    names_kept: tuple[str, ...]
    quarantined: int
    shows_places: bool


class Removal:
    """Removes for one worker."""

    def __init__(self, ordering: Ordering, *, persons: Persons, names: RemovedNames) -> None:
        self._ordering = ordering
        self._persons = persons
        self._names = names

    async def consider(self, decision: AccessDecision, selection: Selection) -> Reach:
        """Return what an order would reach, and change nothing. Raises as `remove` does."""
        check_permits(decision, selection.person_id)
        async with self._ordering.pool.acquire() as connection, connection.transaction(readonly=True):
            reach = await read_reach(connection, self._persons, await rows_of(connection, selection))
        await self._ordering.log_considered(decision, reach.every_row)
        return reach

    async def remove(self, decision: AccessDecision, selection: Selection, *, authority: str) -> Removed:
        """Remove entries for good, on an authority that is said in words.

        Raises NotFound where there are none, Incorrect for the directory and for an authority that says nothing.
        """
        words = read_authority(authority)
        async with self._ordering.pool.acquire() as connection:
            others = await members_of(connection, await rows_of(connection, selection))
        opened = self._ordering.opened(
            decision,
            person_id=selection.person_id,
            subtype="removal",
            action=Action.DELETE,
            authority=words,
            others=others,
        )
        async with opened as order:
            rows = await rows_of(order.connection, selection)
            reach = await read_reach(order.connection, self._persons, rows)
            removed = await self.forget(order, reach)
            await self._ordering.keep(
                order,
                GivenOrder(
                    person_id=selection.person_id,
                    order_id=order.order_id,
                    kind=OrderKind.REMOVAL,
                    authority=words,
                    given=self._ordering.clock.now(),
                    given_by=decision.principal.user_id,
                    rids=(),
                ),
            )
        return removed

    async def release(self, decision: AccessDecision, given: GivenOrder, *, authority: str) -> None:
        """Let the source send what was removed again; nothing comes back by itself. Raises Conflict where it was released already."""
        words = read_authority(authority)
        opened = self._ordering.opened(
            decision, person_id=given.person_id, subtype="release", action=Action.UPDATE, authority=words
        )
        async with opened as order:
            order.order_id = given.order_id
            await release_order(order, self._ordering)
            await order.connection.execute(ORDERS["let_names_in"], given.order_id)

    async def forget(self, order: OpenOrder, reach: Reach) -> Removed:
        """Take everything of some entries out, inside the order's transaction."""
        connection, person_id, rows = order.connection, order.person_id, reach.every_row
        was_restricted = await restricted_among(connection, [person_id])
        others = await members_of(connection, rows)
        kept = {row.reference for row in rows if row.type == _PATIENT and await _is_meant(connection, row, reach)}
        await self._forget_names(connection, order, rows, kept=kept)
        await forget_identifiers(connection, person_id, [row for row in rows if row.type == _PATIENT], gone=rows)
        quarantined = await forget_quarantined(connection, rows)
        await forget_rows(connection, rows)
        gone = await connection.fetch(
            ORDERS["sources_without_entries"], person_id, sorted({row.source_id for row in rows})
        )
        await forget_contributions(connection, person_id, [row["ods"] for row in gone])
        await connection.execute(ORDERS["raise_epochs"], sorted({person_id, *others}))
        order.rows.extend(rows)
        is_restricted = await restricted_among(connection, [person_id])
        return Removed(
            order_id=order.order_id,
            reach=reach,
            names_kept=tuple(sorted(kept)),
            quarantined=quarantined,
            shows_places=bool(was_restricted) and not is_restricted,
        )

    async def _forget_names(
        self, connection: Connection, order: OpenOrder, rows: Sequence[EntryRow], *, kept: Iterable[str]
    ) -> None:
        """Let go of the names of entries, and keep their digests so that their source cannot bring them back."""
        columns = [[row.source_id for row in rows], [row.type_id for row in rows], [row.id for row in rows]]
        loaded = await connection.fetch(ORDERS["loaded_names"], *columns)
        said = {(row.source_id, row.type_id, row.id) for row in rows}
        said |= {(each["source_id"], each["type"], each["source_key"]) for each in loaded}
        said |= await _identified(connection, order.person_id, rows)
        digests = [
            digest for source, type_id, name in said for digest in await self._names.digests(source, [(type_id, name)])
        ]
        await connection.execute(ORDERS["keep_names_out"], digests, order.person_id, order.order_id)
        meant = {(row.type_id, row.id) for row in rows if row.reference in set(kept)}
        going = [row for row in rows if (row.type_id, row.id) not in meant]
        await connection.execute(ORDERS["forget_ids"], [row.type_id for row in going], [row.id for row in going])
        for statement, is_meant in (("forget_loaded", False), ("forget_loaded_content", True)):
            keys = [each for each in loaded if ((each["type"], each["id"]) in meant) is is_meant]
            names = [[each[column] for each in keys] for column in ("source_id", "type", "source_key")]
            await connection.execute(ORDERS[statement], *names)


async def _identified(connection: Connection, person_id: int, rows: Sequence[EntryRow]) -> set[tuple[int, int, str]]:
    """Return the identifiers of entries in any version, each with its source and the number of its type."""
    named = {row.rid: row for row in rows}
    bodies = await connection.fetch(ORDERS["bodies_of"], person_id, sorted(named))
    return {
        (named[body["rid"]].source_id, named[body["rid"]].type_id, name)
        for body in bodies
        for name in identifier_names(read_json(body["body"]))
    }


async def forget_rows(connection: Connection, rows: Sequence[EntryRow]) -> None:
    """Delete whatever lies under the numbers of some entries, in every table by person that names entries by them."""
    columns = [[row.person_id for row in rows], [row.rid for row in rows]]
    for table in await tables_of_rows(connection):
        await connection.execute(ORDERS["forget_rows"].format(table=table, person="person_id"), *columns)
    members = ORDERS["forget_rows"].format(table="resource_member", person="home_person_id")
    await connection.execute(members, *columns)
    await connection.execute(ORDERS["forget_notices"], *columns)
    await connection.execute(ORDERS["forget_empty_notices"], columns[0])


async def tables_of_rows(connection: Connection, *, classed: bool = False) -> list[str]:
    """Return the tables by person whose rows name an entry: a table that is new is reached without being named here."""
    names = [table.name for table in tables_of(Kind.BY_PERSON) if table.name not in _OWN_TABLES]
    found = await connection.fetch(ORDERS["tables_of_rows"], names)
    return [row["name"] for row in found if row["classed"] or not classed]


async def members_of(connection: Connection, rows: Sequence[EntryRow]) -> set[int]:
    """Return the other persons whom entries name."""
    columns = [[row.person_id for row in rows], [row.rid for row in rows]]
    return {row["person_id"] for row in await connection.fetch(ORDERS["members_of"], *columns)}


async def _is_meant(connection: Connection, row: EntryRow, reach: Reach) -> bool:
    """Whether entries that stay mean their person by the id of a Patient that goes: without it they would be nobody's."""
    gone = {each.rid for each in reach.every_row}
    found = await connection.fetch(ORDERS["sources_that_stay"], row.person_id, sorted(gone))
    return bool(reach.referring) and row.source_id in {each["source_id"] for each in found}
