"""Work in the background ends with what it is beside, whatever takes a cancellation for itself."""

import asyncio

from lhcr.store.background import in_background


async def test_it_is_done_while_the_block_lasts_and_not_after() -> None:
    turns: list[int] = []

    async def work() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    async with in_background(work()):
        await asyncio.sleep(0.01)
    done = len(turns)
    await asyncio.sleep(0.01)
    assert done == len(turns) > 1


async def test_it_ends_though_a_cancellation_was_swallowed() -> None:
    """Hazard: a worker that never stops, with locks that nobody else can have."""
    swallowed: list[int] = []

    async def work() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(1)

    async with in_background(work()):
        await asyncio.sleep(0)
    assert swallowed == [1]
