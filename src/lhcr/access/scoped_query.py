"""A search as far as the scopes of a token reach: what it hops to is limited to the types that they name.

Hazard guarded here: a sensitive item exposed. Categories are coarser than types, so that an app that was let see who somebody is
would read who their family is by a `_revinclude`, because both are demographics. Where the scopes narrow a type to categories, a search
of it is narrowed by one more criterion, and nothing hops to it.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from lhcr.access.smart_scope import ANY_TYPE, granted_types, narrowed_to
from lhcr.fhir.search.catalogue import parameter
from lhcr.fhir.search.query import Chain, Criterion, Has, Hop, Include, Modifier, Node, SearchQuery, TokenValue
from lhcr.identity.principal import Principal
from lhcr.nhs.systems import NHS_NUMBER

_PATIENT = "Patient"
_CATEGORY = "category"


def within_scopes(query: SearchQuery, principal: Principal) -> SearchQuery:
    """Return a search that follows no hop to a type that the scopes do not name.

    What `asked_beyond` tells is refused before; an inclusion, and a chain to one of several types, goes to those that are named.
    """
    types = granted_types(principal)
    narrowing = tuple(_narrowing(query, principal))
    if types is None:
        return replace(query, criteria=(*query.criteria, *narrowing)) if narrowing else query
    return replace(
        query,
        criteria=(*(_within(node, types) or node for node in query.criteria), *narrowing),
        includes=tuple(each for include in query.includes for each in _forward(include, types, searched=query.types)),
        reverse_includes=tuple(each for include in query.reverse_includes for each in _reverse(include, types)),
    )


def asked_beyond(query: SearchQuery, principal: Principal) -> tuple[str, ...]:
    """Return the types of which criteria ask something and which the scopes do not name, sorted.

    A type that they name in part is told as all types, which no such scope grants: asking of it in passing is asking of all of it.
    """
    types = granted_types(principal)
    if types is None:
        return ()
    beyond = (node for node in query.criteria if _within(node, types) is None)
    return _as_refused({each for node in beyond for each in _asked(node)} - {*types}, principal)


def searched_beyond(query: SearchQuery, principal: Principal) -> tuple[str, ...]:
    """Return the types that a search looks for or asks something of and which the scopes do not name, sorted."""
    types = granted_types(principal)
    if types is None:
        return ()
    return _as_refused({*query.types, *asked_beyond(query, principal)} - {*types}, principal)


def included_beyond(query: SearchQuery, principal: Principal) -> tuple[str, ...]:
    """Return the types that were to be included and which the scopes do not name, sorted."""
    types = granted_types(principal)
    if types is None:
        return ()
    asked = {each for include in query.includes for each in _targets(include)}
    asked |= {each.type for include in query.reverse_includes for each in include.parameters}
    return tuple(sorted(asked - {*types}))


def _as_refused(types: Collection[str], principal: Principal) -> tuple[str, ...]:
    return tuple(sorted({ANY_TYPE if narrowed_to(principal, each) else each for each in types}))


def _narrowing(query: SearchQuery, principal: Principal) -> Iterator[Criterion]:
    """Yield the criterion that the scopes add to a search of a type that they name in part. A search of several is granted by none."""
    for searched in query.types[:1]:
        categories, by = narrowed_to(principal, searched), parameter(searched, _CATEGORY)
        if categories and by is not None:
            pairs = (each.rpartition("|") for each in sorted(categories))
            yield Criterion(
                parameters=(by,), values=tuple(TokenValue(system=system, code=code) for system, _, code in pairs)
            )


def _within(node: Node, types: Collection[str]) -> Node | None:
    """Return a criterion without the hops that leave the types; None where nothing is left that could hold."""
    match node:
        case Chain():
            within = ((hop, _within(hop.criterion, types)) for hop in node.hops if hop.target in types)
            hops = tuple(Hop(target=hop.target, criterion=each) for hop, each in within if each is not None)
            return replace(node, hops=hops) if hops else None
        case Has():
            asked = _within(node.criterion, types) if node.parameter.type in types else None
            return None if asked is None else replace(node, criterion=asked)
        case Criterion():
            return None if _asks_for_identifiers(node) and _PATIENT not in types else node


def _asks_for_identifiers(criterion: Criterion) -> bool:
    """Whether a criterion asks by what number their Patients know the person: an NHS number only names them in the request."""
    if criterion.modifier is not Modifier.IDENTIFIER or not any(each.home for each in criterion.parameters):
        return False
    return not all(isinstance(each, TokenValue) and each.system == NHS_NUMBER for each in criterion.values)


def _asked(node: Node) -> Iterator[str]:
    match node:
        case Chain():
            for hop in node.hops:
                yield hop.target
                yield from _asked(hop.criterion)
        case Has():
            yield node.parameter.type
            yield from _asked(node.criterion)
        case Criterion():
            yield from (_PATIENT,) if _asks_for_identifiers(node) else ()


def _targets(include: Include) -> set[str]:
    return {include.target} if include.target else {each for one in include.parameters for each in one.targets}


def _forward(include: Include, types: Collection[str], *, searched: Collection[str]) -> Iterator[Include]:
    """Yield an inclusion of each type that may be included; from what is searched for it goes on also where that is named in part."""
    parameters = tuple(each for each in include.parameters if each.type in types or each.type in searched)
    if parameters:
        for target in sorted(_targets(include).intersection(types)):
            yield replace(include, parameters=parameters, target=target)


def _reverse(include: Include, types: Collection[str]) -> Iterator[Include]:
    parameters = tuple(each for each in include.parameters if each.type in types)
    if parameters:
        yield replace(include, parameters=parameters)
