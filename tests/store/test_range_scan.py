"""One range scan: a person's entries of a code between two dates, newest first, on a record as large as an area's is dense.

The plan is PostgreSQL's own choice over ten thousand rows of one person among others.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from tests.conftest import MakeDatabase
from tests.store.watching import Plans, nodes_of, plan_of

from lhcr.fhir.search.catalogue import parameter, type_id
from lhcr.fhir.search.query_parser import parse_query
from lhcr.store.database import Connection
from lhcr.store.search.bindings import Bindings
from lhcr.store.search.page import PageStatement, Search, compile_page
from lhcr.store.search.scope import Scope
from lhcr.store.visibility import Visibility

PERSONS, ENTRIES, CODES = 20, 2_000, 25
DAY = 86_400_000_000
_ROWS = """
INSERT INTO resource (person_id, type, id, rid, version, class, last_updated, clinical_low, clinical_high, method, body)
SELECT p, $1, p || '-' || n, p * 100000 + n, 1, 1, now(), n * $2::bigint, n * $2::bigint, 1, '{}'
FROM generate_series(1, $3::integer) AS p, generate_series(1, $4::integer) AS n
"""
_TOKENS = """
INSERT INTO search_token (person_id, rid, clinical, class, system, param, code)
SELECT person_id, rid, clinical_low, class, 1, $1, 'code-' || rid % $2::integer FROM resource
"""
_NOISE = """
INSERT INTO search_token (person_id, rid, clinical, class, system, param, code)
SELECT person_id, rid, clinical_low, class, 2, $1, 'final' FROM resource
"""


@pytest.fixture(scope="module")
async def connection(migrated_database_of_module: MakeDatabase) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(migrated_database_of_module())
    await connection.execute(_ROWS, type_id("Observation"), DAY, PERSONS, ENTRIES)
    await connection.execute(_TOKENS, row_of("code"), CODES)
    await connection.execute(_NOISE, row_of("status"))
    await connection.execute("VACUUM ANALYZE")
    yield connection
    await connection.close()


def row_of(code: str) -> int:
    found = parameter("Observation", code)
    assert found is not None
    return next(iter(found.rows))


def search_of(pairs: Sequence[tuple[str, str]]) -> Search:
    return Search(
        query=parse_query("Observation", pairs, now=datetime.now(UTC)),
        visibility=Visibility(persons=(7,), classes=(1, 2)),
        scope=Scope((7,)),
        bindings=Bindings(systems={"http://snomed.info/sct": 1}),
        directory=False,
    )


async def scans_of(connection: Connection, page: PageStatement | None, *, plans: Plans) -> dict[str, dict[str, Any]]:
    """Return the scans of the plan that answered a page, by table, and make sure that each table has one and nothing is sorted."""
    assert page is not None
    nodes = list(nodes_of(await plan_of(connection, page.sql, page.args, plans=plans)))
    assert not [node for node in nodes if "Sort" in node["Node Type"]]
    scans = [dict(node) for node in nodes if "Relation Name" in node]
    assert len({scan["Relation Name"] for scan in scans}) == len(scans)
    return {scan["Relation Name"]: scan for scan in scans}


@pytest.mark.parametrize("plans", Plans, ids=lambda plans: plans.name.lower())
@pytest.mark.parametrize(
    ("dates", "bounds"),
    [
        (("sa1970-06-01", "lt1973-01-01"), ("clinical >", "clinical <")),
        (("1972",), ("clinical >=", "clinical <=")),
        # Something that began earlier may go on until then: only the newest end is known.
        (("ge1970-06-01", "le1973-01-01"), ("clinical <=",)),
        ((), ()),
    ],
)
@pytest.mark.parametrize("sort", ["-date", None])
async def test_person_code_date_and_order_are_one_range_of_one_index(
    connection: Connection, plans: Plans, dates: tuple[str, ...], bounds: tuple[str, ...], sort: str | None
) -> None:
    pairs = [("code", "http://snomed.info/sct|code-3"), *(("date", date) for date in dates)]
    search = search_of([*pairs, ("_sort", sort)] if sort else pairs)
    scans = await scans_of(connection, compile_page(search, limit=11), plans=plans)
    tokens, resources = scans["search_token"], scans["resource"]
    assert (tokens["Node Type"], tokens["Index Name"]) == ("Index Only Scan", "search_token_person")
    for condition in ("person_id =", "param =", "code =", *bounds):
        assert f"({condition}" in tokens["Index Cond"]
    # It stops with the page, and reads nothing that the page does not hold.
    assert (tokens["Actual Rows"], tokens.get("Rows Removed by Filter", 0)) == (11, 0)
    assert (resources["Index Name"], resources["Actual Loops"]) == ("resource_rid", 11)


async def test_the_next_page_begins_where_the_last_one_ended(connection: Connection) -> None:
    search = search_of([("code", "http://snomed.info/sct|code-3")])
    first = compile_page(search, limit=11)
    assert first is not None
    last = (await connection.fetch(first.sql, *first.args))[-1]
    second = compile_page(search, limit=11, after=[last["k1"], last["rid"]])
    tokens = (await scans_of(connection, second, plans=Plans.GENERIC))["search_token"]
    assert "(clinical <=" in tokens["Index Cond"]
    # Only the row that the last page ended with is read again.
    assert (tokens["Actual Rows"], tokens.get("Rows Removed by Filter", 0)) == (11, 1)
