"""The building of two worlds: the fuller one, and one in which nothing happened but what everybody may see."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from tests.two_worlds.deeds import Deed
from tests.two_worlds.history_of_worlds import history
from tests.two_worlds.world import World, open_world


class Worlds(NamedTuple):
    fuller: World
    barer: World


@asynccontextmanager
async def two_worlds(make_database: Callable[[], str]) -> AsyncIterator[Worlds]:
    """Build both and let them come to the same moment, at which the numbers that are given next are the same."""
    async with AsyncExitStack() as stack:
        worlds = Worlds(*[await stack.enter_async_context(open_world(make_database())) for _ in range(2)])
        deeds = history()
        for step, deed in enumerate(deeds):
            await asyncio.gather(*(_do(deed, world, step) for world in worlds[: 1 if deed.hidden else 2]))
        for world in worlds:
            await world.begin_step(len(deeds) + 60)
        yield worlds


async def _do(deed: Deed, world: World, step: int) -> None:
    await world.begin_step(step)
    await deed.do(world)
