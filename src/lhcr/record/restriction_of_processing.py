"""Restriction of processing (UK GDPR Article 18): an entry that is kept, and that nobody but its own source is shown.

It is a label on the access class of every version and of everything by which they are found, so that each channel obeys without
knowing of it. New versions keep the label (`record/batch_rows.py`) until the order is released. What follows an entry, as a Provenance
does, and documents of the same source that hold a copy, are restricted with it.
Where all that one source contributed is restricted, so is what it sends while the order stands.

Hazard: a sensitive item exposed by being less than hidden everywhere. Facts that an entry says go on counting: an objection that is
restricted still hides, and a restricted address is still withheld.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lhcr.access.classes import AccessClasses
from lhcr.access.decision import AccessDecision
from lhcr.access.order import RESTRICTED_PROCESSING
from lhcr.access.sensitivity import have_sources_met
from lhcr.audit.entry import Action
from lhcr.record.entry_order import (
    ORDERS,
    EntryRow,
    GivenOrder,
    OpenOrder,
    Ordering,
    OrderKind,
    Selection,
    read_authority,
    read_rows,
    rows_of,
)
from lhcr.record.entry_reach import Reach, followers_of, read_reach
from lhcr.record.given_orders import release_order
from lhcr.record.persons import Persons
from lhcr.record.removal import members_of, tables_of_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricted:
    """What an order restricts; `followers` are among the rows of its reach."""

    order_id: str
    reach: Reach
    followers: tuple[str, ...]


class RestrictionOfProcessing:
    """Restricts and releases for one worker."""

    def __init__(self, ordering: Ordering, *, persons: Persons, classes: AccessClasses) -> None:
        self._ordering = ordering
        self._persons = persons
        self._classes = classes

    async def restrict(self, decision: AccessDecision, selection: Selection, *, authority: str) -> Restricted:
        """Hide entries from everybody but their source until the order is released. Raises as `Removal.remove` does."""
        words = read_authority(authority)
        opened = self._ordering.opened(
            decision, person_id=selection.person_id, subtype="restriction", action=Action.UPDATE, authority=words
        )
        async with opened as order:
            reach = await read_reach(order.connection, self._persons, await rows_of(order.connection, selection))
            followers = await followers_of(order.connection, reach.rows)
            rows = list(dict.fromkeys([*reach.every_row, *followers]))
            await self._label(order, rows, restricted=True)
            source_id = reach.rows[0].source_id if selection.source else None
            await self._ordering.keep(order, self._given(order, decision, words, source_id))
            if source_id is not None:
                await have_sources_met(order.connection)
        return Restricted(order_id=order.order_id, reach=reach, followers=tuple(each.reference for each in followers))

    async def release(self, decision: AccessDecision, given: GivenOrder, *, authority: str) -> tuple[EntryRow, ...]:
        """End a restriction, and return the entries that are shown again: what another order restricts too stays hidden."""
        words = read_authority(authority)
        opened = self._ordering.opened(
            decision, person_id=given.person_id, subtype="release", action=Action.UPDATE, authority=words
        )
        async with opened as order:
            order.order_id = given.order_id
            await release_order(order, self._ordering)
            rows = await self._released(order, given)
            await self._label(order, rows, restricted=False)
            if given.source_id is not None:
                await have_sources_met(order.connection)
        return tuple(rows)

    async def _released(self, order: OpenOrder, given: GivenOrder) -> list[EntryRow]:
        connection = order.connection
        still = await connection.fetch(ORDERS["rows_otherwise_restricted"], given.person_id, given.order_id)
        kept = {row["rid"] for row in still}
        later = await connection.fetch(ORDERS["rows_of_source"], given.person_id, given.source_id)
        rids = [*{*given.rids, *(row["rid"] for row in later)} - kept]
        places = sorted({given.person_id, *(await _homes(order, rids))})
        rows = [
            row for each in places for row in read_rows(await connection.fetch(ORDERS["names_of_rows"], each, rids))
        ]
        own = [row for row in rows if row.person_id == given.person_id]
        followers = await followers_of(connection, own) if own else []
        return list(dict.fromkeys([*rows, *(each for each in followers if each.rid not in kept)]))

    async def _label(self, order: OpenOrder, rows: Sequence[EntryRow], *, restricted: bool) -> None:
        """Give every version of some entries, and all that finds them, the class with the label or without it."""
        connection = order.connection
        tables = [*(await tables_of_rows(connection, classed=True))]
        for person_id in {row.person_id for row in rows}:
            rids = [row.rid for row in rows if row.person_id == person_id]
            old, new = await self._classes_of(order, person_id, rids, restricted=restricted)
            for table in tables:
                statement = ORDERS["reclass_rows"].format(table=table, person="person_id")
                await connection.execute(statement, person_id, rids, old, new)
            members = ORDERS["reclass_rows"].format(table="resource_member", person="home_person_id")
            await connection.execute(members, person_id, rids, old, new)
        others = await members_of(connection, rows) if rows else set()
        await connection.execute(ORDERS["raise_epochs"], sorted({order.person_id, *others}))
        order.rows.extend(rows)

    async def _classes_of(
        self, order: OpenOrder, person_id: int, rids: Sequence[int], *, restricted: bool
    ) -> tuple[list[int], list[int]]:
        """Return the classes of some entries, and what each becomes; a class that is new is known to everybody from now on."""
        old, new = [], []
        for row in await order.connection.fetch(ORDERS["classes_of_rows"], person_id, rids):
            labels = {*row["labels"]} - {RESTRICTED_PROCESSING} | ({RESTRICTED_PROCESSING} if restricted else set())
            old.append(row["class_id"])
            sort = {"category": row["category"], "labels": sorted(labels)}
            new.append(await self._classes.class_of(row["source_id"], **sort))
        return old, new

    def _given(self, order: OpenOrder, decision: AccessDecision, words: str, source_id: int | None) -> GivenOrder:
        return GivenOrder(
            person_id=order.person_id,
            order_id=order.order_id,
            kind=OrderKind.RESTRICTION,
            authority=words,
            given=self._ordering.clock.now(),
            given_by=decision.principal.user_id,
            rids=tuple(row.rid for row in order.rows),
            source_id=source_id,
        )


async def _homes(order: OpenOrder, rids: Sequence[int]) -> list[int]:
    """Return the buckets of the shelf in which attachments of an order lie."""
    found = await order.connection.fetch(ORDERS["shelf_homes"], list(rids))
    return [row["person_id"] for row in found]
