"""Settings of the area's own database: made once, whoever asks first, and the same for all."""

import asyncio
import secrets

from lhcr.identity.area_settings import DEMONSTRATION, is_demonstration, read_setting, setting_made_once
from lhcr.store.database import Pool


def never() -> bytes:
    raise AssertionError("a setting that is there is not made again")


async def test_a_setting_that_nobody_made_is_not_there(pool: Pool) -> None:
    assert await read_setting(pool, "token-key") is None


async def test_a_setting_is_made_once_and_read_as_it_was_made(pool: Pool) -> None:
    made = bytes(range(256))
    assert await setting_made_once(pool, "token-key", make=lambda: made) == made
    assert await setting_made_once(pool, "token-key", make=never) == made
    assert await read_setting(pool, "token-key") == made


async def test_workers_that_start_at_once_all_get_the_same(pool: Pool) -> None:
    """Hazard: two workers that sign with two keys refuse each other's tokens."""

    async def start() -> bytes:
        return await setting_made_once(pool, "token-key", make=lambda: secrets.token_bytes(32))

    assert len(set(await asyncio.gather(*(start() for _ in range(8))))) == 1


async def test_settings_are_told_apart_by_their_names(pool: Pool) -> None:
    await setting_made_once(pool, "one", make=lambda: b"1")
    await setting_made_once(pool, "two", make=lambda: b"")
    assert (await read_setting(pool, "one"), await read_setting(pool, "two")) == (b"1", b"")


async def test_a_database_is_a_demonstration_only_where_it_was_marked_as_one(pool: Pool) -> None:
    """Hazard: made-up people who can sign in where the records are real."""
    assert not await is_demonstration(pool)
    await setting_made_once(pool, DEMONSTRATION, make=lambda: b"")
    assert await is_demonstration(pool)
