"""A page: the statement that answers one page of a search, and the one that counts all of its results.

The order, where none is asked for: a person's newest entries first (by clinical date), because that is what is read first and what
an index holds ready; the same where a single code leads a search over many persons; otherwise the oldest change first,
which an index holds ready for each type.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lhcr.fhir.search.query import Criterion, Node, SearchQuery
from lhcr.store.search.bindings import Bindings
from lhcr.store.search.branches import Branch, branches, narrowed, of_types
from lhcr.store.search.compilation import Compilation, Place, Row, every
from lhcr.store.search.criteria import condition, telling
from lhcr.store.search.driver import clinical_bounds, driver_of, drives
from lhcr.store.search.order import (
    CLINICAL,
    OrderKey,
    comes_after,
    newest_clinical_first,
    oldest_update_first,
    order_key,
)
from lhcr.store.search.scope import Scope
from lhcr.store.visibility import Visibility

MOST_ESTIMATED: Final = 100_000
"""An estimated total counts no further than this."""


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    args: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStatement:
    """Columns: person_id, rid, type, id, version, body, the sort keys `k1` and so on, policy_epoch, person_epoch and masked."""

    sql: str
    args: list[Any]
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is searched: the query, what may be seen, whose rows are touched and what names stand for.

    `directory`: whether directory types may be among the results. `horizon`: only rows updated before it, None for all.
    `decided_on`: the person whose epoch the caller's decision was made from.
    """

    query: SearchQuery
    visibility: Visibility
    scope: Scope
    bindings: Bindings
    directory: bool = True
    horizon: datetime | None = None
    decided_on: int | None = None


def compile_page(search: Search, *, limit: int, after: Sequence[Any] | None = None) -> PageStatement | None:
    """Compile one page of at most `limit` rows after the row with the given keys and number; None where nothing can match."""
    c = _compilation(search)
    parts = [
        part
        for branch in branches(search.query, directory=search.directory)
        if (part := _branch_page(c, search, branch, after)) is not None
    ]
    if not parts:
        return None
    rows = c.arguments.add(limit, "bigint")
    keys = parts[0].keys
    if len(parts) == 1:
        text = f"{parts[0].text} ORDER BY {parts[0].order} LIMIT {rows}"
    else:
        each = " UNION ALL ".join(f"({part.text} ORDER BY {part.order} LIMIT {rows})" for part in parts)
        names = ", ".join(key.ordered(f"k{place}") for place, key in enumerate(keys, start=1))
        text = f"SELECT * FROM ({each}) AS u ORDER BY {names}, rid LIMIT {rows}"
    return PageStatement(sql=text, args=c.arguments.values, keys=len(keys))


def compile_total(search: Search, *, most: int | None = None) -> Statement | None:
    """Compile the count of all results, no further than `most`; None where nothing can match."""
    c = _compilation(search)
    parts = []
    for branch in branches(search.query, directory=search.directory):
        row = Row("r", branch.place)
        conditions = row_conditions(c, search, branch, row, led_by=None)
        parts.append(f"SELECT FROM {c.table('resource', branch.place)} AS r WHERE {every(conditions)}")
    if not parts:
        return None
    limit = "" if most is None else f" LIMIT {c.arguments.add(most, 'bigint')}"
    return Statement(f"SELECT count(*) AS total FROM ({' UNION ALL '.join(parts)}{limit}) AS found", c.arguments.values)


def _compilation(search: Search) -> Compilation:
    scope = search.scope.permitted(search.visibility)
    return Compilation(visibility=search.visibility, scope=scope, bindings=search.bindings)


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    order: str
    keys: tuple[OrderKey, ...]


def _branch_page(c: Compilation, search: Search, branch: Branch, after: Sequence[Any] | None) -> _Part | None:
    row = Row("r", branch.place)
    leader = _leader(search, branch)
    if leader is not None:
        return _led(c, search, branch, leader, after)
    keys = _order(c, search, branch, row)
    conditions = row_conditions(c, search, branch, row, led_by=None)
    if after is not None:
        conditions.append(comes_after(c, keys, after, names=[key.expression for key in keys], rid="r.rid"))
    table = c.table("resource", branch.place)
    joins = "".join(key.join for key in keys)
    text = f"SELECT {_columns(c, search, branch, keys)} FROM {table} AS r{joins} WHERE {every(conditions)}"
    order = ", ".join(key.ordered(f"k{place}") for place, key in enumerate(keys, start=1))
    return _Part(text, f"{order}, r.rid", keys)


def _leader(search: Search, branch: Branch) -> Criterion | None:
    """A token may lead where its order is the one asked for, or none is."""
    query = search.query
    sort = query.sort
    if branch.place is Place.PATIENT or branch.types is None or len(query.types) > 1 or search.horizon is not None:
        return None
    if sort and not (len(sort) == 1 and sort[0].descending and all(each.clinical_date for each in sort[0].parameters)):
        return None
    return driver_of(query.criteria)


def _led(
    c: Compilation, search: Search, branch: Branch, leader: Criterion, after: Sequence[Any] | None
) -> _Part | None:
    """Scan the leading token's rows in the order of the page, and look up the resource of each."""
    led, row = Row("t", branch.place), Row("r", branch.place)
    leading = drives(c, led.alias, leader)
    if leading is None:
        return None
    keys = (OrderKey("t.clinical", CLINICAL, descending=True, nullable=False),)
    conditions = [*c.in_scope(led.alias, branch.place), *leading, *c.permitted(led.alias)]
    conditions += c.placeless(led.alias, branch.place, telling(leader))
    conditions += clinical_bounds(c, led.alias, search.query.criteria)
    if after is not None:
        conditions.append(comes_after(c, keys, after, names=["t.clinical"], rid="t.rid"))
    conditions += row_conditions(c, search, branch, row, led_by=leader)
    token, resource = c.table("search_token", branch.place), c.table("resource", branch.place)
    # A code of any system may stand twice in one resource, under two systems.
    anywhere = getattr(leader.values[0], "system", None) is None
    distinct = "DISTINCT ON (t.clinical, t.rid) " if anywhere else ""
    text = (
        f"SELECT {distinct}{_columns(c, search, branch, keys)} FROM {token} AS t"
        f" JOIN {resource} AS r ON r.person_id = t.person_id AND r.rid = t.rid WHERE {every(conditions)}"
    )
    return _Part(text, "t.clinical DESC, t.rid", keys)


def row_conditions(c: Compilation, search: Search, branch: Branch, row: Row, *, led_by: Criterion | None) -> list[str]:
    """Return what must hold of a row of a branch; the criterion that led to the row is not asked again."""
    conditions = c.in_scope(row.alias, branch.place)
    if led_by is None:
        conditions += of_types(c, row, branch)
    conditions += c.visible(row.alias, branch.place)
    if search.horizon is not None:
        horizon = c.arguments.named("horizon", search.horizon, "timestamptz")
        conditions.append(f"{row.alias}.last_updated < {horizon}")
    nodes: tuple[Node, ...] = narrowed([each for each in search.query.criteria if each is not led_by], branch)
    return conditions + [condition(c, row, node) for node in nodes]


def _order(c: Compilation, search: Search, branch: Branch, row: Row) -> tuple[OrderKey, ...]:
    if search.query.sort:
        alone = branch.types is not None and len(branch.types) == len(search.query.types)
        return tuple(order_key(c, row, key, alone=alone) for key in narrowed(search.query.sort, branch))
    if c.scope.person is not None or driver_of(search.query.criteria) is not None:
        return (newest_clinical_first(row.alias),)
    return (oldest_update_first(row.alias),)


def _columns(c: Compilation, search: Search, branch: Branch, keys: Sequence[OrderKey]) -> str:
    masked = c.masked("r", branch.place)
    named = (f"{key.expression} AS k{place}" for place, key in enumerate(keys, start=1))
    return f"r.person_id, r.rid, r.type, r.id, r.version, r.body, {', '.join(named)}, {_epochs(c, search)}, {masked} AS masked"


def _epochs(c: Compilation, search: Search) -> str:
    """The epochs by which the caller knows, in the same snapshot, that the decision still holds."""
    of_person = "NULL::bigint"
    if search.decided_on is not None:
        name = "person" if search.decided_on == c.scope.person else "decided_on"
        person = c.arguments.named(name, search.decided_on, "bigint")
        of_person = f"(SELECT epoch FROM person WHERE person_id = {person})"
    return f"(SELECT epoch FROM policy) AS policy_epoch, {of_person} AS person_epoch"
