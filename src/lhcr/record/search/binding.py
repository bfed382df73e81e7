"""Binding: looking up what the names in a query stand for, and whose rows the query can be about."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query import (
    Chain,
    CompositeValue,
    Criterion,
    Has,
    Node,
    QuantityValue,
    ReferenceValue,
    SearchQuery,
    TokenValue,
    Value,
)
from lhcr.record.persons import Located, Persons
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Connection
from lhcr.store.search.bindings import Bindings, Key
from lhcr.store.search.compilation import PATIENT, Place
from lhcr.store.search.homes import persons_named, place_of
from lhcr.store.search.scope import Scope
from lhcr.store.visibility import Visibility

_NOBODY: Final[Mapping[Key, int]] = MappingProxyType({})


async def bind(
    connection: Connection,
    query: SearchQuery,
    *,
    persons: Persons,
    systems: CodeSystems,
    visibility: Visibility,
    known: Mapping[Key, int] = _NOBODY,
) -> Bindings:
    """Look up the code systems and the persons that a query names, without a statement where all of them are known.

    Whom the id of a Patient names who may not be seen, `visibility` says, is nobody. `known`: where resources live whose ids the caller has looked up, to decide whom the query is about.
    """
    criteria = list(_criteria(query.criteria))
    uris = {uri for each in criteria for value in each.values for uri in _systems(value)}
    numbers = systems.known(uris)
    if len(numbers) < len(uris):
        numbers = dict(await systems.numbers(uris, create=False))
    keys = {key for each in criteria for key in _keys(each) if key not in known}
    located = await persons.locate(connection, keys) if keys else {}
    naming = {key for each in criteria for key in _naming(each)}
    hidden = {key for key, found in located.items() if key in naming and not _names(visibility, key, found)}
    homes = {key: found.person_id for key, found in located.items() if key not in hidden}
    unseen = {key for key in naming & homes.keys() if visibility.whole and located[key].source_id is None}
    return Bindings(systems=numbers, persons={**known, **homes}, unseen=frozenset(unseen))


def _names(visibility: Visibility, key: Key, found: Located) -> bool:
    return visibility.names(key[1], person_id=found.person_id, chosen_by=found.source_id)


def _criteria(nodes: Iterable[Node]) -> Iterator[Criterion]:
    for node in nodes:
        match node:
            case Criterion():
                yield node
            case Chain():
                yield from _criteria(hop.criterion for hop in node.hops)
            case Has():
                yield from _criteria([node.criterion])


def _systems(value: Value) -> Iterator[str]:
    """Yield the addresses of code systems in a value, and the names of types where composite rows hold them like those."""
    match value:
        case TokenValue(system=system) | QuantityValue(system=system):
            if system is not None:
                yield system
        case CompositeValue(components=components):
            for component in components:
                yield from _systems(component)
                if isinstance(component, ReferenceValue):
                    yield from component.types


def _keys(criterion: Criterion) -> Iterator[Key]:
    """Yield the ids that say whose rows are asked for."""
    first = criterion.parameters[0]
    if first.code == "_id" and len(criterion.parameters) == 1 and place_of(first.type) is not Place.DIRECTORY:
        for value in criterion.values:
            if isinstance(value, TokenValue) and value.code is not None:
                yield type_id(first.type), value.code
    yield from _naming(criterion)


def _naming(criterion: Criterion) -> Iterator[Key]:
    """Yield the ids of Patients that name somebody as whom entries are about."""
    if any(each.home for each in criterion.parameters):
        for value in criterion.values:
            if isinstance(value, ReferenceValue) and PATIENT in value.types and not value.absolute:
                yield type_id(PATIENT), value.id


def narrowed_scope(scope: Scope, query: SearchQuery, bindings: Bindings) -> Scope:
    """Return the scope that is left by the criteria that can only be fulfilled by certain persons' rows."""
    for node in query.criteria:
        if isinstance(node, Criterion) and node.modifier is None:
            scope = scope.narrowed(_persons(node, bindings))
    return scope


def _persons(criterion: Criterion, bindings: Bindings) -> frozenset[int] | None:
    keys = list(_keys(criterion))
    if not keys:
        return None
    if criterion.parameters[0].code == "_id":
        return frozenset(bindings.persons[key] for key in keys if key in bindings.persons)
    if all(each.home for each in criterion.parameters) and all(_only_patient(value) for value in criterion.values):
        return persons_named(bindings.persons, criterion)
    return None


def _only_patient(value: Value) -> bool:
    return isinstance(value, ReferenceValue) and value.types == (PATIENT,) and not value.absolute
