"""The building of two worlds: the fuller one, and one in which nothing happened but what everybody may see."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

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
            for world in worlds:
                if world is worlds.fuller or not deed.hidden:
                    await world.begin_step(step)
                    await deed.do(world)
        for world in worlds:
            await world.begin_step(len(deeds) + 60)
        yield worlds
