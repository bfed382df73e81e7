"""Areas that can be loaded into: one of its own for each test."""

from collections.abc import AsyncIterator, Callable

import pytest
from tests.ingest.loadable_area import LoadableArea, open_loadable_area


@pytest.fixture
async def area(migrated_database: Callable[[], str]) -> AsyncIterator[LoadableArea]:
    async with open_loadable_area(migrated_database()) as opened:
        yield opened
