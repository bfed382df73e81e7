"""Work in the background: what a worker does with the database again and again, for as long as something else lasts."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def in_background(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Do some work, which ends by being cancelled, for as long as the block lasts; it has ended when the block is left."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        # A connection that broke may take one cancellation for itself.
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=0.1)
