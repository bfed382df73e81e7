"""Order: the keys by which results are put in order, and the condition that a row comes after the last one of a page.

Every order ends with the row's number, which no two rows share, so that pages neither repeat nor lose a row. What has no
value comes last, in either direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.parameter import Kind
from lhcr.fhir.search.query import SortKey
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.store.search.clinical import NO_DATE
from lhcr.store.search.compilation import PATIENT, Compilation, Place, Row, every, some
from lhcr.store.search.contributors import CONTRIBUTOR, contributor_of
from lhcr.store.search.criteria import EPOCH, instant, last_updated, part_dated, types_of
from lhcr.store.search.values import TABLES

_MICROSECOND: Final = timedelta(microseconds=1)
_COLUMNS: Final = {
    Kind.TOKEN: ("code", "text"),
    Kind.STRING: ("folded", "text"),
    Kind.URI: ("value", "text"),
    Kind.REFERENCE: ("target_id", "text"),
    Kind.DATE: ("low", "bigint"),
    Kind.NUMBER: ("low", "double precision"),
    Kind.QUANTITY: ("low", "double precision"),
}


@dataclass(frozen=True, slots=True)
class OrderKey:
    """An expression to order by, and what to join for it. Only a nullable one can lack a value."""

    expression: str
    sql_type: str
    descending: bool
    nullable: bool
    join: str = ""

    def ordered(self, name: str) -> str:
        nulls = " NULLS LAST" if self.nullable else ""
        return f"{name} {'DESC' if self.descending else 'ASC'}{nulls}"


CLINICAL: Final = "bigint"
UPDATED: Final = "timestamptz"


def newest_clinical_first(alias: str) -> OrderKey:
    return OrderKey(f"{alias}.clinical_low", CLINICAL, descending=True, nullable=False)


def oldest_update_first(alias: str) -> OrderKey:
    return OrderKey(f"{alias}.last_updated", UPDATED, descending=False, nullable=False)


def order_key(c: Compilation, row: Row, key: SortKey, *, alone: bool) -> OrderKey:
    """Return the key of a sort parameter: the lowest value ascending, the highest descending; a date by its beginning.

    `alone`: the rows are not joined with those of another place, whose keys may say that there is no value in another way.
    """
    first = key.parameters[0]
    if first.code == "_lastUpdated":
        return OrderKey(last_updated(c, row), UPDATED, key.descending, nullable=False)
    if first.code == "_id":
        return OrderKey(f"{row.alias}.id", "text", key.descending, nullable=False)
    dated, others = part_dated(row, key.parameters)
    if dated:
        clinical = _clinical(row, descending=key.descending, alone=alone and not others)
        return _either(c, row, clinical, types_of(c, row, dated, others), replace(key, parameters=others))
    if first.code == CONTRIBUTOR:
        aggregate = "max" if key.descending else "min"
        expression = contributor_of(c, row, key.parameters, aggregate=aggregate)
        return OrderKey(expression, "text", key.descending, nullable=True)
    if first.kind not in _COLUMNS:
        raise Incorrect([_unsortable(first.code)])
    return _from_rows(c, row, key)


def _clinical(row: Row, *, descending: bool, alone: bool) -> OrderKey:
    """A date that is only stood in for orders, too. NO_DATE is below every date, and so is last by itself descending."""
    column = f"{row.alias}.clinical_low"
    if descending and alone:
        return OrderKey(column, CLINICAL, descending=True, nullable=False)
    return OrderKey(f"nullif({column}, {NO_DATE})", CLINICAL, descending, nullable=True)


def _either(c: Compilation, row: Row, clinical: OrderKey, types: list[str], key: SortKey) -> OrderKey:
    """Take the key from the clinical columns of the types that have it there, of the others from search rows."""
    if not key.parameters:
        return clinical
    rest = _from_rows(c, row, key)
    expression = f"CASE WHEN {every(types)} THEN {clinical.expression} ELSE {rest.expression} END"
    return replace(rest, expression=expression)


def _from_rows(c: Compilation, row: Row, key: SortKey) -> OrderKey:
    """Take the key from search rows: all at once where one person's (or the directory's) are read, else for each row."""
    alias, (column, sql_type) = c.alias("k"), _COLUMNS[key.parameters[0].kind]
    conditions = [f"{alias}.person_id = {c.person(row)}", c.parameters(alias, key.parameters)]
    conditions += c.permitted(alias)
    conditions += c.placeless(alias, row.place, key.parameters)
    if key.parameters[0].kind is Kind.REFERENCE:
        conditions += c.orderly_references(alias, row.place)
    aggregate = f"{'max' if key.descending else 'min'}({alias}.{column})"
    source = f"FROM {c.table(TABLES[key.parameters[0].kind], row.place)} AS {alias}"
    if row.place is Place.PATIENT:
        conditions += c.of_visible_contribution(alias)
        return OrderKey(_one(aggregate, source, conditions), sql_type, key.descending, nullable=True)
    expression, join = f"{alias}.key", ""
    if row.place is Place.DIRECTORY or c.scope.person is not None:
        every_key = f"SELECT {alias}.rid, {aggregate} AS key {source} WHERE {every(conditions)} GROUP BY {alias}.rid"
        join = f" LEFT JOIN ({every_key}) AS {alias} ON {alias}.rid = {row.alias}.rid"
    else:
        expression = _one(aggregate, source, [*conditions, f"{alias}.rid = {row.alias}.rid"])
    if row.place is Place.PERSON and any(each.home for each in key.parameters):
        expression = f"coalesce({expression}, {c.person(row)}::text)"
    return OrderKey(expression, sql_type, key.descending, nullable=True, join=join)


def _one(aggregate: str, source: str, conditions: list[str]) -> str:
    return f"(SELECT {aggregate} {source} WHERE {every(conditions)})"


def comes_after(
    c: Compilation, keys: Sequence[OrderKey], last: Sequence[Any], *, names: Sequence[str], rid: str
) -> str:
    """Return the condition that a row comes after the last row, given that one's keys and number.

    For `a, b, rid`: a after, or a equal and (b after, or b equal and rid greater).
    """
    condition = f"{rid} > {c.arguments.add(last[-1], 'bigint')}"
    for key, name, value in reversed(list(zip(keys, names, last[:-1], strict=True))):
        if value is None:
            condition = f"({name} IS NULL AND {condition})"
            continue
        argument = instant(value) if key.sql_type == UPDATED else value
        placeholder = c.arguments.add(argument, key.sql_type)
        beyond = [f"{name} {'<' if key.descending else '>'} {placeholder}"]
        if key.nullable:
            beyond.append(f"{name} IS NULL")
        # The bound by itself lets an index scan begin where the last page ended.
        bound = "" if key.nullable else f"{name} {'<=' if key.descending else '>='} {placeholder} AND "
        condition = f"({bound}{some([*beyond, f'({name} = {placeholder} AND {condition})'])})"
    return condition


def as_stored(key: Any) -> Any:
    """Return a row's sort key as plain data, which `comes_after` takes: an instant as microseconds since 1970 UTC."""
    return (key - EPOCH) // _MICROSECOND if isinstance(key, datetime) else key


def patient_type(c: Compilation) -> str:
    return c.arguments.named("patient", type_id(PATIENT), "smallint")


def _unsortable(code: str) -> Issue:
    return Issue(
        code="not-supported",
        error="sort-unsupported",
        diagnostics=f"Results cannot be sorted by {code}: its values have no order. Sort by another parameter.",
    )
