"""A database with the small world in it, for the tests of one module."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from tests.conftest import _address, _create
from tests.record.search.loading import Document, load
from tests.record.search.partitioned import migrate_partitioned
from tests.record.search.world import World

from lhcr.kernel.ids import RouteCipher
from lhcr.record.persons import Persons
from lhcr.record.search.record_search import RecordSearch
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Pool

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Area:
    """A database with documents in it, and a worker that searches them. Not a dataclass: failures would print it whole."""

    def __init__(self, pool: Pool, documents: list[Document]) -> None:
        self.pool = pool
        self.documents = documents
        self.persons = Persons(RouteCipher(b"k" * 16))
        self.systems = CodeSystems(pool)
        self.search = RecordSearch(pool=pool, persons=self.persons, systems=self.systems)


async def open_area(dsn: str, documents: list[Document]) -> Area:
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=4, statement_cache_size=256)
    area = Area(pool, documents)
    # Several moments, so that the times of last update differ.
    for start in range(0, len(documents), 20):
        async with pool.acquire() as connection:
            await load(connection, area.systems, documents[start : start + 20])
        await asyncio.sleep(0.002)
    await pool.execute("ANALYZE")
    await _note_times(pool, documents)
    return area


async def _note_times(pool: Pool, documents: list[Document]) -> None:
    rows: list[Any] = await pool.fetch(
        "SELECT rid, last_updated FROM resource UNION ALL SELECT rid, last_updated FROM directory_resource"
    )
    times = {row["rid"]: (row["last_updated"] - EPOCH).total_seconds() for row in rows}
    for each in documents:
        each.last_updated = round(times[each.rid] * 1e6)


@pytest.fixture(scope="session", params=["1", "2", "partitioned 3"])
async def area(request: pytest.FixtureRequest, database_server: str, migrated_template: str) -> AsyncIterator[Area]:
    """A world in a database of its own, and another one where the tables by person are partitioned."""
    seed = int(request.param.split()[-1])
    if request.param.startswith("partitioned"):
        dsn = _address(database_server, await asyncio.to_thread(_create, database_server, "template0"))
        await migrate_partitioned(dsn)
    else:
        dsn = _address(database_server, await asyncio.to_thread(_create, database_server, migrated_template))
    made = await open_area(dsn, World(seed).documents)
    yield made
    await made.pool.close()
