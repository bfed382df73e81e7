"""Choices of a role: offered to somebody who is nobody yet, taken once."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.role_choices import LIFE, RoleChoices
from lhcr.identity.sessions import Sessions
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool


@pytest.fixture
def choices(pool: Pool, clock: FixedClock) -> RoleChoices:
    return RoleChoices(pool, clock=clock)


@pytest.fixture
def roles(claims: Claims) -> list[Claims]:
    return [claims, msgspec.structs.replace(claims, ods="RRE")]


async def test_a_choice_is_found_until_it_is_taken(choices: RoleChoices, roles: list[Claims]) -> None:
    choice_id = await choices.offer(roles, return_path="/log")
    for found in (await choices.find(choice_id), await choices.take(choice_id)):
        assert found is not None
        assert (found.roles, found.return_path) == (roles, "/log")
    assert await choices.find(choice_id) is None
    assert await choices.take(choice_id) is None


async def test_a_choice_signs_nobody_in(
    choices: RoleChoices, roles: list[Claims], pool: Pool, clock: FixedClock
) -> None:
    """Hazard: whoever has not said in which role they work reads in all of them."""
    choice_id = await choices.offer(roles, return_path="")
    assert await Sessions(pool, clock=clock).find(choice_id) is None


async def test_of_takes_at_once_exactly_one_gets_it(choices: RoleChoices, roles: list[Claims]) -> None:
    choice_id = await choices.offer(roles, return_path="")
    taken = await asyncio.gather(*(choices.take(choice_id) for _ in range(6)))
    assert sum(each is not None for each in taken) == 1


async def test_the_database_holds_nothing_by_which_a_choice_is_made(
    choices: RoleChoices, roles: list[Claims], pool: Pool
) -> None:
    choice_id = await choices.offer(roles, return_path="")
    (row,) = await pool.fetch("SELECT * FROM role_choice")
    assert choice_id not in " ".join(str(value) for value in row.values())


@pytest.mark.parametrize("choice_id", ["", "x", "\udcff", "x" * 10_000])
async def test_an_id_that_nobody_was_given_finds_nothing(
    choices: RoleChoices, roles: list[Claims], choice_id: str
) -> None:
    await choices.offer(roles, return_path="")
    assert await choices.find(choice_id) is None


async def test_a_choice_ends_and_is_swept(
    choices: RoleChoices, roles: list[Claims], pool: Pool, clock: FixedClock
) -> None:
    over = await choices.offer(roles, return_path="")
    clock.instant += LIFE - timedelta(seconds=1)
    kept = await choices.offer(roles, return_path="")
    clock.instant += timedelta(seconds=1)
    assert await choices.find(over) is None
    await choices.sweep()
    assert await pool.fetchval("SELECT count(*) FROM role_choice") == 1
    assert await choices.find(kept)
