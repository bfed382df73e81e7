"""Keeping an embedded server up for as long as a program runs: a server that died is started again."""

import asyncio
from collections.abc import Callable
from typing import NoReturn

from lhcr.store.embedded.server import EmbeddedPostgres
from lhcr.store.embedded.state import State


async def keep_running(server: EmbeddedPostgres, *, on_restart: Callable[[], None], every: float = 1.0) -> NoReturn:
    """Look every `every` seconds and start the server again when it has died; runs until it is cancelled.

    What was committed is there again afterwards, at the same address; connections that were open are gone.
    """
    while True:
        await asyncio.sleep(every)
        status = await asyncio.to_thread(server.status)
        if status.state not in {State.ACCEPTING, State.BUSY}:
            await asyncio.to_thread(server.start)
            on_restart()
