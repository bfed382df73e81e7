import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.conftest import MakeDatabase

from lhcr.store.code_systems import NO_SYSTEM, CodeSystems
from lhcr.store.database import Pool


@pytest.fixture
async def pool(migrated_database: MakeDatabase) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(migrated_database(), min_size=1, max_size=4) as pool:
        yield pool


async def test_a_system_keeps_its_number(pool: Pool) -> None:
    systems = CodeSystems(pool)
    number = await systems.number("http://loinc.org", create=True)
    assert number == await systems.number("http://loinc.org", create=False)
    assert number == await CodeSystems(pool).number("http://loinc.org", create=True)


async def test_asking_for_an_unknown_system_creates_nothing(pool: Pool) -> None:
    assert await CodeSystems(pool).number("http://nowhere.example", create=False) is None
    assert await pool.fetchval("SELECT count(*) FROM code_system") == 0


async def test_no_system_is_a_number_of_its_own(pool: Pool) -> None:
    systems = CodeSystems(pool)
    assert await systems.numbers(["", "http://loinc.org"], create=True) == {"": NO_SYSTEM, "http://loinc.org": 1}


async def test_workers_that_meet_new_systems_at_once_agree(pool: Pool) -> None:
    uris = [f"http://example.org/{number}" for number in range(30)]
    workers = [CodeSystems(pool) for _ in range(6)]
    answers = await asyncio.gather(
        *(worker.numbers(uris[i:] + uris[:i], create=True) for i, worker in enumerate(workers))
    )
    assert all(answer == answers[0] for answer in answers)
    assert sorted(answers[0].values()) == list(range(1, 31))


async def test_a_very_long_address_is_told_from_one_with_the_same_beginning(pool: Pool) -> None:
    long = "http://example.org/" + "x" * 3000
    numbers = await CodeSystems(pool).numbers([long, long + "y"], create=True)
    assert len(set(numbers.values())) == 2
