"""Array literals say to PostgreSQL exactly what the columns hold."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import MakeDatabase

from lhcr.record.array_literal import array_literal, array_types, read_from_text

_FIRST, _LAST = (datetime.fromisoformat(day) for day in ("1900-01-01", "2200-01-01"))
_COLUMNS = st.one_of(
    st.tuples(st.just("bigint"), st.lists(st.none() | st.integers(-(2**63), 2**63 - 1))),
    st.tuples(st.just("smallint"), st.lists(st.integers(-(2**15), 2**15 - 1))),
    st.tuples(st.just("double precision"), st.lists(st.none() | st.floats(allow_nan=False))),
    st.tuples(
        st.just("text"),
        st.lists(st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"))),
    ),
    st.tuples(
        st.just("timestamptz"),
        st.lists(st.none() | st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))),
    ),
)


@pytest.fixture
async def connection(fresh_database: MakeDatabase) -> Any:
    connected = await asyncpg.connect(fresh_database())
    yield connected
    await connected.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(column=_COLUMNS)
async def test_postgresql_reads_from_a_literal_what_the_column_holds(
    connection: "asyncpg.Connection[asyncpg.Record]", column: tuple[str, list[Any]]
) -> None:
    element, values = column
    read = await connection.fetchval(f"SELECT $1::text::{element}[]", array_literal(values, element))
    assert read == values


def test_only_arrays_with_a_literal_form_are_read_from_text() -> None:
    fragment = "SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::double precision[]), f($4::bigint)"
    assert array_types(fragment) == {1: "bigint", 3: "double precision"}
    assert read_from_text(fragment) == (
        "SELECT * FROM unnest($1::text::bigint[], $2::bytea[], $3::text::double precision[]), f($4::bigint)"
    )
