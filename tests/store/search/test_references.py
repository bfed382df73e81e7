"""References: the condition that PostgreSQL checks is the one that a reader of the query would check by hand."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query import ReferenceValue
from lhcr.store.database import Connection
from lhcr.store.search.bindings import Bindings
from lhcr.store.search.compilation import Compilation
from lhcr.store.search.references import matches_reference
from lhcr.store.search.scope import EVERYBODY
from lhcr.store.visibility import Visibility

IDS = st.sampled_from(["1", "2", "a|1", "1|1", "https://x.example/Patient/1", "x" * 300])
TYPES = st.sampled_from(["Patient", "Group", "Device"])
VERSIONS = st.sampled_from([None, "1", "2"])
ROWS = st.lists(st.tuples(st.sampled_from(["Patient", "Group", "Device"]), IDS, VERSIONS), min_size=1, max_size=8)
Row = tuple[str, str, str | None]


@st.composite
def asked_for(draw: st.DrawFn) -> ReferenceValue:
    id_, types = draw(IDS), tuple(draw(st.lists(TYPES, unique=True, max_size=2)))
    return ReferenceValue(types=types, id=id_, version=draw(VERSIONS))


def is_meant(value: ReferenceValue, row: Row) -> bool:
    type_, id_, version = row
    return id_ == value.id and (not value.types or type_ in value.types) and value.version in {None, version}


@pytest.fixture(scope="module")
async def connection(database_server: str) -> AsyncIterator[Connection]:
    opened = await asyncpg.connect(database_server)
    yield opened
    await opened.close()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(asked_for(), min_size=1, max_size=4), rows=ROWS)
async def test_hazard_wrong_person_a_row_is_found_where_type_id_and_version_are_those_asked_for(
    connection: Connection, values: list[ReferenceValue], rows: list[Row]
) -> None:
    visibility = Visibility(persons=None, classes=())
    c = Compilation(visibility=visibility, scope=EVERYBODY, bindings=Bindings(systems={}))
    condition = matches_reference(c, "s", values)
    columns = (
        c.arguments.add([type_id(type_) for type_, _, _ in rows], "smallint[]"),
        c.arguments.add([id_ for _, id_, _ in rows], "text[]"),
        c.arguments.add([version for _, _, version in rows], "text[]"),
    )
    text = (
        f"SELECT place FROM unnest({', '.join(columns)}) WITH ORDINALITY "
        f"AS s (target_type, target_id, target_version, place) WHERE {condition}"
    )
    found = {row["place"] - 1 for row in await connection.fetch(text, *c.arguments.values)}
    assert found == {at for at, row in enumerate(rows) if any(is_meant(value, row) for value in values)}
