"""Conditions on single rows, run by PostgreSQL over rows in memory and compared with what they should mean."""

import math
from collections.abc import AsyncIterator, Sequence
from itertools import combinations_with_replacement, product
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.record.search.oracle import compares, is_unit, metres

from lhcr.fhir.search.query import DateValue, PositionValue, Prefix, QuantityValue
from lhcr.store.database import Connection
from lhcr.store.search.bindings import Bindings
from lhcr.store.search.compilation import Compilation
from lhcr.store.search.intervals import bound, compare_any
from lhcr.store.search.positions import matches_position
from lhcr.store.search.quantities import matches_quantity
from lhcr.store.search.scope import EVERYBODY
from lhcr.store.search.strings import begins_with
from lhcr.store.visibility import Visibility

ENDS = list(combinations_with_replacement(range(5), 2))
SYSTEMS = {"": 0, "http://ucum": 1, "http://other": 2}
MANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
async def connection(database_server: str) -> AsyncIterator[Connection]:
    opened = await asyncpg.connect(database_server)
    yield opened
    await opened.close()


def compilation() -> Compilation:
    return Compilation(
        visibility=Visibility(persons=None, classes=()), scope=EVERYBODY, bindings=Bindings(systems=SYSTEMS)
    )


async def rows_where(
    connection: Connection, c: Compilation, condition: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]
) -> set[tuple[Any, ...]]:
    """Return the rows of which a condition on alias `s` holds."""
    arrays = [
        c.arguments.add(list(values), f"{columns[name]}[]")
        for name, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    names = ", ".join(columns)
    text = f"SELECT {names} FROM unnest({', '.join(arrays)}) AS s ({names}) WHERE {condition}"
    return {tuple(row) for row in await connection.fetch(text, *c.arguments.values)}


def date(prefix: Prefix, low: int, high: int) -> DateValue:
    return DateValue(prefix=prefix, low=low, high=high, literal="")


@pytest.mark.parametrize("prefix", Prefix)
async def test_intervals_compare_as_the_table_says_however_they_lie(connection: Connection, prefix: Prefix) -> None:
    columns = {"low": "bigint", "high": "bigint"}
    for low, high in ENDS:
        value = date(prefix, low, high)
        expected = {row for row in ENDS if compares(value, *row)}
        c = compilation()
        alone = compare_any(c.arguments, [value], low="s.low", high="s.high")
        assert await rows_where(connection, c, alone, columns, ENDS) == expected
        c = compilation()
        among = compare_any(c.arguments, [value, date(prefix, 9, 9), value], low="s.low", high="s.high")
        wider = expected | {row for row in ENDS if compares(date(prefix, 9, 9), *row)}
        assert await rows_where(connection, c, among, columns, ENDS) == wider
        c = compilation()
        if (bounded := bound(c.arguments, value, low="s.low")) is not None:
            assert await rows_where(connection, c, bounded, columns, ENDS) >= expected


LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
STRANGE = st.sampled_from(["\ud7ff", "\ue000", "\U0010ffff", "\U0010fffe", "a", "b", " "])


@MANY
@given(prefix=st.text(st.one_of(LETTERS, STRANGE), max_size=3), rest=st.lists(st.text(STRANGE, max_size=2), min_size=1))
async def test_a_range_of_texts_is_the_texts_that_begin_alike(
    connection: Connection, prefix: str, rest: list[str]
) -> None:
    shorter = prefix[:-1]
    texts = sorted({prefix + each for each in rest} | {shorter + each for each in rest} | {shorter + "b", "\U0010ffff"})
    c = compilation()
    condition = begins_with(c, 's.text COLLATE "C"', prefix)
    found = await rows_where(connection, c, condition, {"text": "text"}, [(each,) for each in texts])
    assert found == {(each,) for each in texts if each.startswith(prefix)}


degrees = st.tuples(st.floats(-89, 89), st.floats(-180, 180))


@MANY
@given(centre=degrees, others=st.lists(degrees, min_size=1), distance=st.floats(1, 2e7))
async def test_near_is_the_great_circle_also_across_the_date_line(
    connection: Connection, centre: tuple[float, float], others: list[tuple[float, float]], distance: float
) -> None:
    rows = [*others, (centre[0], -centre[1]), (-centre[0], math.copysign(180, centre[1])), (5e-324, -5e-324)]
    c = compilation()
    value = PositionValue(latitude=centre[0], longitude=centre[1], distance=distance, literal="")
    condition = matches_position(c, "s", [value])
    columns = {"latitude": "double precision", "longitude": "double precision"}
    found = await rows_where(connection, c, condition, columns, rows)
    for row in set(rows):
        away = metres(*centre, *row)
        # Two formulas differ by a little: what lies on the very edge may be on either side.
        if abs(away - distance) > 1 + distance * 1e-6:
            assert (row in found) is (away < distance), (row, away)


UNITS = [(0, "", ""), (0, "", "mg"), (1, "mg", "mg"), (1, "mg", "milligram"), (1, "ug", "mg"), (2, "mg", "mg")]


@pytest.mark.parametrize(
    ("system", "code"),
    list(product((None, "http://ucum", "http://other", "http://unknown"), (None, "mg", "milligram"))),
)
async def test_units_are_compared_as_written(connection: Connection, system: str | None, code: str | None) -> None:
    """Hazard: a dose in another unit taken for the same dose."""
    value = QuantityValue(prefix=Prefix.EQ, low=4.5, high=5.5, literal="5", system=system, code=code)
    c = compilation()
    condition = matches_quantity(c, "s", [value])
    columns = {
        "low": "double precision",
        "high": "double precision",
        "system": "integer",
        "code": "text",
        "unit": "text",
    }
    rows = [(number, number, *unit) for number in (5.0, 6.0) for unit in UNITS]
    uris = {number: uri for uri, number in SYSTEMS.items()}
    expected = {row for row in rows if row[0] == 5.0 and is_unit(value, uris[row[2]], row[3], row[4])}
    assert await rows_where(connection, c, condition, columns, rows) == expected
