"""The two worlds of one file of tests, and how many requests are asked of them."""

from collections.abc import AsyncIterator, Callable

import pytest
from tests.two_worlds.building import Worlds, two_worlds


@pytest.fixture(scope="module")
async def worlds(migrated_database_of_module: Callable[[], str]) -> AsyncIterator[Worlds]:
    async with two_worlds(migrated_database_of_module) as built:
        yield built
