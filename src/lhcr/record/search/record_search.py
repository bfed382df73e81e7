"""The search of the record: from a parsed query and what a decision permits to one page."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from lhcr.fhir.search.query import Criterion, SearchQuery
from lhcr.record.persons import Persons
from lhcr.record.search.binding import bind, narrowed_scope
from lhcr.record.search.found import SearchPage
from lhcr.record.search.page_reading import PageReading
from lhcr.record.search.place_after import keys_of
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Connection, Pool
from lhcr.store.search.bindings import Key
from lhcr.store.search.horizon import read_horizon
from lhcr.store.search.page import Search
from lhcr.store.search.scope import EVERYBODY, Scope
from lhcr.store.visibility import Visibility

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
        (type id, id). Raises Incorrect: 400 for a query that asks too much, 410 for a page of another query, or of one
        that now means other persons or is answered from other access classes.
        """
        reach = EVERYBODY if person is None else Scope((person,))
        async with self._pool.acquire() as connection:
            search = await self._bound(connection, query, visibility, reach, known)
            last = None if after is None else keys_of(search, after)
            reading = PageReading(connection, search, self._persons, reach=reach)
            if reading.is_one_statement:
                return await reading.read(last)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return await reading.read(last)

    async def _bound(
        self,
        connection: Connection,
        query: SearchQuery,
        visibility: Visibility,
        reach: Scope,
        known: Mapping[Key, int],
    ) -> Search:
        bindings = await bind(
            connection, query, persons=self._persons, systems=self._systems, visibility=visibility, known=known
        )
        return Search(
            query=query,
            visibility=visibility,
            scope=narrowed_scope(reach, query, bindings),
            bindings=bindings,
            directory=reach is EVERYBODY,
            # Before the snapshot that reads rows begins (see horizon.sql).
            horizon=await read_horizon(connection) if _asks_for_updates(query) else None,
            decided_on=_decided_on(visibility, reach),
        )


def _decided_on(visibility: Visibility, reach: Scope) -> int | None:
    """Return the one person whom the decision is about."""
    if reach.person is not None:
        return reach.person
    return visibility.persons[0] if visibility.persons is not None and len(visibility.persons) == 1 else None


def _asks_for_updates(query: SearchQuery) -> bool:
    """Whether somebody may continue from the answer by time: it must then not pass over an open write."""
    codes = {each.parameters[0].code for each in query.criteria if isinstance(each, Criterion)}
    return "_lastUpdated" in codes | {key.parameters[0].code for key in query.sort}
