"""The search of the record: from a parsed query and what a decision permits to one page."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import asyncpg
import msgspec

from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.search.query import Criterion, SearchQuery, Summary, Total
from lhcr.fhir.search.query_rendering import render
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.record.persons import Persons
from lhcr.record.search.binding import bind, narrowed_scope
from lhcr.record.search.found import Entry, SearchPage
from lhcr.record.search.golden_patients import golden_patients
from lhcr.record.search.hops_apart import look_up_hops
from lhcr.record.search.includes import Includes
from lhcr.record.search.sql import STATEMENTS
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Connection, Pool
from lhcr.store.search.bindings import Key
from lhcr.store.search.class_mask import class_mask
from lhcr.store.search.compilation import PATIENT
from lhcr.store.search.horizon import read_horizon
from lhcr.store.search.order import as_stored
from lhcr.store.search.page import MOST_ESTIMATED, Search, compile_page, compile_total
from lhcr.store.search.scope import EVERYBODY, Scope
from lhcr.store.visibility import Visibility

USUAL_COUNT: Final = 50
MOST_COUNT: Final = 1000
_NOBODY: Final[Mapping[Key, int]] = MappingProxyType({})


class RecordSearch:
    """Searches for one worker."""

    def __init__(self, *, pool: Pool, persons: Persons, systems: CodeSystems) -> None:
        self._pool = pool
        self._persons = persons
        self._systems = systems

    async def search(
        self,
        query: SearchQuery,
        *,
        visibility: Visibility,
        person: int | None,
        after: Sequence[Any] | None = None,
        known: Mapping[Key, int] = _NOBODY,
    ) -> SearchPage:
        """Return one page: the first, or the one that begins where a page said (`SearchPage.after`).

        `person`: the only person whose rows may be among the results (a compartment, a decision about one person); None
        leaves it to the query and the visibility. `known`: where resources live that the caller has looked up already, by
        (type id, id). Raises Incorrect: 400 for a query that asks too much, 410 for a page of
        another query, or of one that now means other persons or is answered from other access classes.
        """
        async with self._pool.acquire() as connection:
            bindings = await bind(connection, query, persons=self._persons, systems=self._systems, known=known)
            reach = EVERYBODY if person is None else Scope((person,))
            search = Search(
                query=query,
                visibility=visibility,
                scope=narrowed_scope(reach, query, bindings),
                bindings=bindings,
                directory=person is None,
                # Before the snapshot that reads rows begins (see horizon.sql).
                horizon=await read_horizon(connection) if _asks_for_updates(query) else None,
                decided_on=_decided_on(visibility, person),
            )
            last = None if after is None else _keys(after, search)
            page = _Page(connection, search, self._persons, reach=reach)
            if page.is_one_statement:
                return await page.read(last)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return await page.read(last)


class _Page:
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
        return not (self._apart or self._patients or self._includes or self._totalled or self._counted_only)

    async def read(self, last: Sequence[Any] | None) -> SearchPage:
        """Return the page after the row with the given keys and number."""
        if self._apart:
            self._search = await look_up_hops(self._connection, self._search, reach=self._reach, persons=self._persons)
        if self._counted_only:
            policy, person = await self._epochs()
            return SearchPage(total=await self._total(), policy_epoch=policy, person_epoch=person)
        count = min(self._search.query.count or USUAL_COUNT, MOST_COUNT)
        rows, keys = await self._rows(count + 1, last)
        matches = await self._entries(rows[:count])
        included, cut = await self._included(matches)
        total = await self._total() if self._totalled else None
        if rows:
            policy, person = rows[0]["policy_epoch"], rows[0]["person_epoch"]
        else:
            policy, person = await self._epochs()
        return SearchPage(
            matches=matches,
            included=included,
            total=total,
            after=_after(rows[count - 1], keys, self._search) if len(rows) > count else None,
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
        entries = [Entry(row[0], row[1], names[row[2]], row[3], row[4], row[5]) for row in rows]
        if not self._patients:
            return entries
        persons = {entry.person_id for entry in entries if entry.type == PATIENT}
        golden = await golden_patients(self._connection, persons, self._search.visibility)
        return [golden[entry.person_id] if entry.type == PATIENT else entry for entry in entries]

    async def _included(self, matches: Sequence[Entry]) -> tuple[list[Entry], bool]:
        if not self._includes or not matches:
            return [], False
        includes = Includes(
            self._connection, visibility=self._search.visibility, scope=self._reach, persons=self._persons
        )
        return await includes.gather(self._search.query, matches), includes.cut

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


def _after(row: asyncpg.Record, keys: int, search: Search) -> list[Any]:
    return [_digest(search), *(as_stored(row[f"k{place}"]) for place in range(1, keys + 1)), row["rid"]]


def _keys(after: Sequence[Any], search: Search) -> Sequence[Any]:
    """Return the keys of the last row; refuse those of another search, whose order they do not stand in."""
    if len(after) < 2 or after[0] != _digest(search):
        raise Incorrect([_ended()], status=410)
    return after[1:]


def _decided_on(visibility: Visibility, person: int | None) -> int | None:
    if person is not None:
        return person
    return visibility.persons[0] if visibility.persons is not None and len(visibility.persons) == 1 else None


def _asks_for_updates(query: SearchQuery) -> bool:
    """Whether somebody may continue from the answer by time: it must then not pass over an open write."""
    codes = {each.parameters[0].code for each in query.criteria if isinstance(each, Criterion)}
    return "_lastUpdated" in codes | {key.parameters[0].code for key in query.sort}


def _digest(search: Search) -> str:
    """Name what a page belongs to: the query but for the size of a page, whose rows it reads, and the classes it may see."""
    query = replace(search.query, count=None, paging=(), total=None)
    asked = [render(query, typed=False), search.scope.persons, search.directory]
    return hashlib.sha256(msgspec.json.encode(asked) + class_mask(search.visibility.classes)).hexdigest()[:32]


def _ended() -> Issue:
    return Issue(
        code="expired",
        error="cursor-expired",
        diagnostics="This page is no longer there: what the search means, or what you may see, has changed. Nothing is lost: "
        "search again from the first page.",
    )
