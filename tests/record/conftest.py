"""Areas for the tests of the record: one of its own for a test, or one that a module of tests shares."""

from collections.abc import AsyncIterator, Callable

import pytest
from tests.record.area import Area, open_area


@pytest.fixture
async def area(migrated_database: Callable[[], str]) -> AsyncIterator[Area]:
    """An empty area for one test."""
    async with open_area(migrated_database()) as opened:
        yield opened
