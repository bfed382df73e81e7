"""Hops apart: what a chain or `_has` reaches beyond a person's own rows and the directory, as statements of their own.

A row of one person never joins a row of another `person_id` in one statement: under distribution the two may lie on different
nodes. What lies apart is the shelf, and for rows of the shelf and the directory the persons whose entries refer to them.
"""

from collections.abc import Sequence
from typing import Final

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query import Chain, Has, Hop
from lhcr.store.search.branches import Branch, branches
from lhcr.store.search.compilation import Compilation, Place, Row, every
from lhcr.store.search.criteria import condition
from lhcr.store.search.homes import place_of
from lhcr.store.search.page import Search, Statement, row_conditions

MOST: Final = 10_000
"""Ids that one hop apart may lead to; a search that needs more has to say more."""

_NOT_OWN: Final = (
    "NOT EXISTS (SELECT FROM resource AS t WHERE t.person_id = f.person_id"
    " AND t.type = f.target_type AND t.id = f.target_id)"
)


def compile_ids(search: Search) -> Statement:
    """Compile the ids of the rows of the scope, mostly the shelf, that fulfil a query of one type; `MOST` + 1 at most."""
    (branch,) = branches(search.query, directory=True)
    c = Compilation(visibility=search.visibility, scope=search.scope, bindings=search.bindings)
    conditions = row_conditions(c, search, branch, Row("r", branch.place), led_by=None)
    table = c.table("resource", branch.place)
    return Statement(
        f"SELECT r.id FROM {table} AS r WHERE {every(conditions)} LIMIT {_limit(c)}",
        c.arguments.values,
    )


def compile_targets(search: Search, chain: Chain, hop: Hop, *, rows: Sequence[str] | None) -> Statement:
    """Compile the ids of a hop's type to which rows of the scope refer and that are not at home with the same person.

    `rows`: ids of the referring rows, of the query's only type; None for whatever rows of the scope refer.
    """
    scope = search.scope.permitted(search.visibility) if rows is None else search.scope
    c = Compilation(visibility=search.visibility, scope=scope, bindings=search.bindings)
    target = c.arguments.add(type_id(hop.target), "smallint")
    conditions = [
        *c.in_scope("f", Place.PERSON),
        c.parameters("f", chain.parameters),
        *c.permitted("f"),
        *c.placeless("f", Place.PERSON, chain.parameters),
        f"f.target_type = {target}",
        _NOT_OWN,
    ]
    if rows is not None:
        (branch,) = branches(search.query, directory=False)
        conditions.append(_is_row(c, branch, rows))
    return Statement(
        f"SELECT DISTINCT f.target_id AS id FROM search_reference AS f WHERE {every(conditions)} LIMIT {_limit(c)}",
        c.arguments.values,
    )


def _is_row(c: Compilation, branch: Branch, rows: Sequence[str]) -> str:
    types = [type_id(name) for name in branch.types or ()]
    return (
        "EXISTS (SELECT FROM resource AS r WHERE r.person_id = f.person_id AND r.rid = f.rid"
        f" AND r.type = ANY ({c.arguments.add(types, 'smallint[]')}) AND r.id = ANY ({c.arguments.add(rows, 'text[]')}))"
    )


def compile_sources(search: Search, has: Has, types: Sequence[str]) -> Statement:
    """Compile the ids of rows of `types` to which sources that fulfil a `_has` refer from other persons' records."""
    scope = search.scope.permitted(search.visibility)
    c = Compilation(visibility=search.visibility, scope=scope, bindings=search.bindings)
    place = place_of(has.parameter.type)
    source = Row("o", place)
    conditions = [
        *c.in_scope("f", place),
        c.parameters("f", (has.parameter,)),
        *c.permitted("f"),
        *c.placeless("f", place, (has.parameter,)),
        *c.visible("o", place),
        condition(c, source, has.criterion),
    ]
    if place is not Place.DIRECTORY:
        conditions.append(_NOT_OWN)
    if types:
        numbers = [type_id(name) for name in types]
        conditions.append(f"f.target_type = ANY ({c.arguments.add(numbers, 'smallint[]')})")
    return Statement(
        f"SELECT DISTINCT f.target_id AS id FROM {c.table('search_reference', place)} AS f"
        f" JOIN {c.table('resource', place)} AS o ON o.person_id = f.person_id AND o.rid = f.rid"
        f" WHERE {every(conditions)} LIMIT {_limit(c)}",
        c.arguments.values,
    )


def _limit(c: Compilation) -> str:
    return c.arguments.add(MOST + 1, "bigint")
