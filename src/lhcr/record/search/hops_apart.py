"""Hops apart: the look-ups before a search that crosses between persons, the shelf and the directory."""

from collections.abc import Sequence
from dataclasses import replace

from lhcr.fhir.search.catalogue import parameter, type_id
from lhcr.fhir.search.query import Chain, Criterion, Has, Hop, Node, SearchQuery, TokenValue
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.record.persons import Persons
from lhcr.store.database import Connection
from lhcr.store.search.apart import MOST, compile_ids, compile_sources, compile_targets
from lhcr.store.search.bindings import Bindings
from lhcr.store.search.compilation import Place
from lhcr.store.search.homes import place_of
from lhcr.store.search.page import Search, Statement
from lhcr.store.search.scope import SHELF, Scope


async def look_up_hops(connection: Connection, search: Search, *, reach: Scope, persons: Persons) -> Search:
    """Return the search with the ids that its hops apart lead to. Raises Incorrect (400) where one leads to too many.

    `reach`: whose entries may refer to what is on the shelf or in the directory; the search's own scope can be narrower,
    because its results are.
    """
    looking = _LookUp(connection, search, reach, persons)
    for node in search.query.criteria:
        await looking.at(node, search.query.types, rows=None)
    return replace(search, bindings=looking.bindings)


class _LookUp:
    def __init__(self, connection: Connection, search: Search, reach: Scope, persons: Persons) -> None:
        self._connection = connection
        self._reach = reach
        self._search = search
        self._persons = persons
        self._targets: dict[tuple[Chain, Hop], set[str]] = {}
        self._sources: dict[Has, set[str]] = {}

    @property
    def _is_one_person(self) -> bool:
        return (self._search.scope.person or 0) > 0

    @property
    def bindings(self) -> Bindings:
        return replace(
            self._search.bindings,
            targets={hop: tuple(sorted(ids)) for hop, ids in self._targets.items()},
            sources={has: tuple(sorted(ids)) for has, ids in self._sources.items()},
        )

    async def at(self, node: Node, types: Sequence[str], *, rows: Sequence[str] | None) -> None:
        """Look up, innermost first, what a node asks of rows of `types`: of the ids `rows` on the shelf, or of the search's own."""
        match node:
            case Chain():
                for hop in node.hops:
                    await self._follow(node, hop, types, rows)
            case Has():
                await self._gather(node, types, rows)
            case Criterion():
                pass

    async def _follow(self, chain: Chain, hop: Hop, types: Sequence[str], rows: Sequence[str] | None) -> None:
        await self.at(hop.criterion, (hop.target,), rows=None)
        if place_of(hop.target) is not Place.PERSON or all(
            place_of(each) is Place.DIRECTORY for each in types or ("",) if each
        ):
            return
        found = self._targets.setdefault((chain, hop), set())
        if rows is None and not self._is_one_person:
            found.update(await self._fulfilling(hop, None))
            return
        scope = self._search.scope if rows is None else SHELF
        query = SearchQuery(types=tuple(types))
        statement = compile_targets(self._of(scope, query), chain, hop, rows=rows)
        candidates = await self._ids(statement)
        if candidates:
            await self.at(hop.criterion, (hop.target,), rows=candidates)
            found.update(await self._fulfilling(hop, candidates))

    async def _fulfilling(self, hop: Hop, ids: Sequence[str] | None) -> list[str]:
        """Return the ids on the shelf that fulfil a hop, among the given ones or of all."""
        criteria: tuple[Node, ...] = (hop.criterion,)
        scope = SHELF
        if ids is not None:
            located = await self._persons.locate(self._connection, [(type_id(hop.target), each) for each in ids])
            scope = Scope(tuple(sorted({each.person_id for each in located.values() if each.person_id < 0})))
            criteria = (_has_id(hop.target, ids), hop.criterion)
        query = SearchQuery(types=(hop.target,), criteria=criteria)
        return await self._ids(compile_ids(self._of(scope, query)))

    async def _gather(self, has: Has, types: Sequence[str], rows: Sequence[str] | None) -> None:
        source = has.parameter.type
        await self.at(has.criterion, (source,), rows=None)
        places = {place_of(each) for each in types}
        own = rows is None and self._is_one_person
        if types and (places == {Place.PATIENT} or (own and places <= {Place.PERSON, Place.PATIENT})):
            return
        if places == {Place.DIRECTORY} and place_of(source) is Place.DIRECTORY:
            return
        statement = compile_sources(self._of(self._reach, self._search.query), has, types)
        self._sources.setdefault(has, set()).update(await self._ids(statement))

    def _of(self, scope: Scope, query: SearchQuery) -> Search:
        return replace(self._search, scope=scope, query=query, bindings=self.bindings, horizon=None)

    async def _ids(self, statement: Statement) -> list[str]:
        ids = [row["id"] for row in await self._connection.fetch(statement.sql, *statement.args)]
        if len(ids) > MOST:
            raise Incorrect([_too_many()])
        return ids


def _has_id(resource_type: str, ids: Sequence[str]) -> Criterion:
    found = parameter(resource_type, "_id")
    assert found is not None
    return Criterion(parameters=(found,), values=tuple(TokenValue(system=None, code=each) for each in ids))


def _too_many() -> Issue:
    return Issue(
        code="too-costly",
        error="search-too-large",
        diagnostics=f"A chain or `_has` of this search leads through more than {MOST} resources. Nothing was answered, because "
        "an incomplete answer would look complete: add a criterion that narrows it.",
    )
