"""How PostgreSQL runs the searches that matter: by range scans of one index, in one partition of one person."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.record.search.conftest import Area, open_area
from tests.record.search.oracle import type_parameter
from tests.record.search.queries import Pair
from tests.record.search.test_search_oracle import NOW, QUIET, asked
from tests.record.search.world import CLASSES, PERSONS

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query_parser import parse_query
from lhcr.record.search.binding import bind
from lhcr.store.database import Connection
from lhcr.store.search.page import PageStatement, Search, compile_page
from lhcr.store.search.scope import EVERYBODY, Scope
from lhcr.store.visibility import Visibility


async def compiled(area: Area, resource_type: str, pairs: list[Pair], *, person: int | None) -> PageStatement | None:
    query = parse_query(resource_type, pairs, now=NOW)
    visibility = Visibility(persons=None if person is None else (person,), classes=CLASSES)
    async with area.pool.acquire() as connection:
        bindings = await bind(connection, query, persons=area.persons, systems=area.systems, visibility=visibility)
    scope = EVERYBODY if person is None else Scope((person,))
    search = Search(query=query, visibility=visibility, scope=scope, bindings=bindings, directory=person is None)
    return compile_page(search, limit=51)


async def plan(connection: Connection, statement: PageStatement) -> dict[str, Any]:
    """Run the statement and return its plan."""
    text = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", *statement.args)
    found: dict[str, Any] = json.loads(text)[0]["Plan"]
    return found


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get("Plans", ()):
        yield from nodes(each)


@settings(QUIET, max_examples=60)
@given(search=asked(), person=st.sampled_from(PERSONS), mode=st.sampled_from(("custom", "generic")))
async def test_a_search_about_one_person_reads_one_partition(
    area: Area, search: tuple[str, list[Pair]], person: int, mode: str
) -> None:
    statement = await compiled(area, *search, person=person)
    if statement is None:
        return
    async with area.pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL plan_cache_mode = force_{mode}_plan")
        ran = [each for each in nodes(await plan(connection, statement)) if each["Actual Loops"]]
    read = {name.rpartition("_part")[2] for each in ran if "_part" in (name := each.get("Relation Name", ""))}
    assert len(read) <= 1


@pytest.fixture(scope="module")
async def busy(migrated_database_of_module: Callable[[], str]) -> AsyncIterator[Area]:
    """Ten thousand results of fifty people, so that a plan has something to choose by."""
    area = await open_area(migrated_database_of_module(), [])
    async with area.pool.acquire() as connection:
        await connection.execute(
            "INSERT INTO resource (person_id, type, id, rid, version, class, last_updated, clinical_low, clinical_high,"
            " method, body) SELECT 900 + n % 50, $1, 'busy-' || n, n, 1, 1, now(), n, n, 1, '{}'"
            " FROM generate_series(1, 10000) AS n",
            type_id("Observation"),
        )
        await connection.execute(
            "INSERT INTO search_token (person_id, rid, clinical, class, system, param, code)"
            " SELECT 900 + n % 50, n, n, 1, 1, $1, 'busy-' || n % 20 FROM generate_series(1, 10000) AS n",
            type_parameter("Observation", "code").id,
        )
        await connection.execute("VACUUM ANALYZE resource, search_token")
    yield area
    await area.pool.close()


async def explained(area: Area, resource_type: str, *pairs: Pair, person: int | None) -> list[dict[str, Any]]:
    statement = await compiled(area, resource_type, list(pairs), person=person)
    assert statement is not None
    async with area.pool.acquire() as connection:
        return list(nodes(await plan(connection, statement)))


async def test_a_persons_results_of_one_code_and_time_are_one_range_scan(busy: Area) -> None:
    """Person, code, date and the order by date come from one index; nothing is sorted, and no date row is read."""
    ran = await explained(
        busy, "Observation", ("code", "busy-7"), ("date", "ge1970-01-01"), ("_sort", "-date"), person=907
    )
    indexes = {each["Index Name"] for each in ran if "Index Name" in each}
    read_whole = {each["Relation Name"] for each in ran if each["Node Type"] == "Seq Scan"}
    assert indexes == {"search_token_person", "resource_rid"}
    assert read_whole == {"policy"}
    assert {"Sort", "Incremental Sort", "Hash Join"}.isdisjoint(each["Node Type"] for each in ran)


async def test_a_search_of_one_code_over_everybody_stops_when_the_page_is_full(busy: Area) -> None:
    ran = await explained(busy, "Observation", ("code", "busy-7"), person=None)
    tokens = [each for each in ran if each.get("Relation Name") == "search_token"]
    assert sum(each["Actual Rows"] * each["Actual Loops"] for each in tokens) < 200


@settings(QUIET, max_examples=30)
@given(
    pair=st.sampled_from(
        [
            *(
                ("address", "a"),
                ("phone", "1"),
                ("general-practitioner", "Organization/o"),
                ("address:missing", "false"),
            ),
            *(("organization.name", "a"), ("_has:RelatedPerson:patient:address", "a"), ("_sort", "address")),
        ]
    ),
    person=st.sampled_from(PERSONS),
    mode=st.sampled_from(("custom", "generic")),
)
async def test_asking_whether_a_person_is_restricted_stays_in_their_partition(
    area: Area, pair: Pair, person: int, mode: str
) -> None:
    statement = await compiled(area, "Patient", [pair], person=person)
    assert statement is not None
    assert "fact_restriction" in statement.sql
    async with area.pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL plan_cache_mode = force_{mode}_plan; SET LOCAL enable_seqscan = off")
        ran = [each for each in nodes(await plan(connection, statement)) if each["Actual Loops"]]
    read = {name.rpartition("_part")[2] for each in ran if "_part" in (name := each.get("Relation Name", ""))}
    assert len(read) <= 1
