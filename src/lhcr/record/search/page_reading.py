"""The reading of one page on one connection: its rows, what is included with them, and how many there are in all."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import asyncpg

from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.search.query import Criterion, Summary, Total
from lhcr.record.masking import served_of
from lhcr.record.persons import Persons
from lhcr.record.quotes_in_sight import QuotesInSight
from lhcr.record.search.found import Entry, SearchPage
from lhcr.record.search.gathering import Gathering
from lhcr.record.search.golden_patients import golden_patients
from lhcr.record.search.hops_apart import look_up_hops
from lhcr.record.search.includes import include
from lhcr.record.search.place_after import place_after
from lhcr.record.search.sql import STATEMENTS
from lhcr.record.search.withholding import without_places
from lhcr.store.database import Connection
from lhcr.store.search.compilation import PATIENT
from lhcr.store.search.page import MOST_ESTIMATED, Search, compile_page, compile_total
from lhcr.store.search.scope import Scope
from lhcr.store.visibility import Places

USUAL_COUNT: Final = 50
MOST_COUNT: Final = 1000


class PageReading:
    """The reading of one page on one connection."""

    def __init__(self, connection: Connection, search: Search, persons: Persons, *, reach: Scope) -> None:
        self._connection = connection
        self._reach = reach
        self._search = search
        self._persons = persons
        query = search.query
        self._apart = any(not isinstance(node, Criterion) for node in query.criteria)
        self._patients = not query.types or PATIENT in query.types
        self._includes = bool(query.includes or query.reverse_includes)
        self._totalled = query.total in {Total.ACCURATE, Total.ESTIMATE}
        self._counted_only = query.summary is Summary.COUNT or query.count == 0

    @property
    def is_one_statement(self) -> bool:
        """Whether one snapshot needs no transaction. What goes on beyond one statement must see the same rows."""
        asks_again = self._apart or self._patients or self._includes or self._totalled or self._counted_only
        return not asks_again and self._search.visibility.places is not Places.ASKED

    async def read(self, last: Sequence[Any] | None) -> SearchPage:
        """Return the page after the row with the given keys and number."""
        if self._apart:
            self._search = await look_up_hops(self._connection, self._search, reach=self._reach, persons=self._persons)
        if self._counted_only:
            policy, person = await self._epochs()
            return SearchPage(total=await self._total(), policy_epoch=policy, person_epoch=person)
        count = min(self._search.query.count or USUAL_COUNT, MOST_COUNT)
        rows, keys = await self._rows(count + 1, last)
        matches: Sequence[Entry] = await self._entries(rows[:count])
        included, cut = await self._included(matches)
        served = await self._served([*matches, *included])
        matches, included = served[: len(matches)], served[len(matches) :]
        total = await self._total() if self._totalled else None
        if rows:
            policy, person = rows[0]["policy_epoch"], rows[0]["person_epoch"]
        else:
            policy, person = await self._epochs()
        return SearchPage(
            matches=matches,
            included=included,
            total=total,
            after=place_after(self._search, rows[count - 1], keys) if len(rows) > count else None,
            cut=cut,
            policy_epoch=policy,
            person_epoch=person,
        )

    async def _rows(self, limit: int, after: Sequence[Any] | None) -> tuple[list[asyncpg.Record], int]:
        statement = compile_page(self._search, limit=limit, after=after)
        if statement is None:
            return [], 0
        return await self._connection.fetch(statement.sql, *statement.args), statement.keys

    async def _entries(self, rows: Sequence[asyncpg.Record]) -> list[Entry]:
        names = _type_names()
        # The statement's first columns, by their places.
        entries = [Entry(row[0], row[1], names[row[2]], row[3], row[4], served_of(row)) for row in rows]
        if not self._patients:
            return entries
        persons = {entry.person_id for entry in entries if entry.type == PATIENT}
        golden = await golden_patients(self._connection, persons, self._search.visibility)
        return [golden[entry.person_id] if entry.type == PATIENT else entry for entry in entries]

    async def _included(self, matches: Sequence[Entry]) -> tuple[Sequence[Entry], bool]:
        if not self._includes or not matches:
            return [], False
        gathering = Gathering(
            self._connection,
            visibility=self._search.visibility,
            scope=self._reach,
            persons=self._persons,
            known=matches,
        )
        await include(gathering, self._search.query, matches)
        return gathering.found, gathering.cut

    async def _served(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return entries without what may not be seen of others, and of where restricted persons are."""
        seen = self._search.visibility
        bodies = await QuotesInSight(self._persons.routed).bodies(
            self._connection,
            seen,
            (each.body for each in entries),
            whose=lambda place: entries[place].person_id,
            shown=lambda home: {
                f"{each.type}/{each.id}" for each in entries if each.person_id == home or each.person_id < 0
            },
        )
        if bodies:
            entries = [each._replace(body=bodies.get(place, each.body)) for place, each in enumerate(entries)]
        return await without_places(self._connection, entries, seen.places)

    async def _total(self) -> int:
        estimated = self._search.query.total is Total.ESTIMATE
        statement = compile_total(self._search, most=MOST_ESTIMATED if estimated else None)
        if statement is None:
            return 0
        total: int = await self._connection.fetchval(statement.sql, *statement.args)
        return total

    async def _epochs(self) -> tuple[int, int | None]:
        row = await self._connection.fetchrow(STATEMENTS["epochs"], self._search.decided_on)
        assert row is not None
        return row["policy_epoch"], row["person_epoch"]


@cache
def _type_names() -> Mapping[int, str]:
    return {number: name for name, number in type_ids().items()}
