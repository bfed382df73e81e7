"""What a feed asks the database costs by what is asked, however much its source has sent before."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg

from lhcr.record.sql import STATEMENTS

_SENT = 2000


async def test_names_are_looked_up_without_looking_through_all_that_the_source_sent(
    migrated_database: Callable[[], str],
) -> None:
    connection = await asyncpg.connect(migrated_database())
    try:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        # A load prepares its statement, and has it planned, while nothing is there yet.
        await connection.execute(f"PREPARE look_up (integer, smallint[], text[]) AS {STATEMENTS['loaded']}")
        await connection.execute("EXECUTE look_up (1, '{1}', '{urn:1}')")
        await _send(connection)
        explained = await connection.fetchval(
            "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE look_up (1, '{1,1}', '{urn:1,urn:2}')"
        )
        assert max(_rows_read(json.loads(explained)[0]["Plan"])) == 2
    finally:
        await connection.close()


async def _send(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.execute(
        "INSERT INTO loaded_id (source_id, type, source_key, id, person_id, digest)"
        " SELECT 1, 1, 'urn:' || n, n::text, 1, 'digest' FROM generate_series(1, $1::integer) AS n",
        _SENT,
    )


def _rows_read(plan: dict[str, Any]) -> Iterator[float]:
    removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Join Filter", 0)
    yield (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    for each in plan.get("Plans", ()):
        yield from _rows_read(each)
