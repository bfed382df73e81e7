"""A watch over the embedded server while a command runs: one that dies is started again, and the command goes on."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from lhcr.kernel.errors import LhcrError
from lhcr.store.embedded import EmbeddedPostgres
from lhcr.store.embedded.supervise import keep_running


@contextmanager
def watched(server: EmbeddedPostgres) -> Iterator[None]:
    """Keep the server up while the block runs, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_watch, args=(loop, server), name="database-watch")
    thread.start()
    try:
        yield
    finally:
        # The loop may not have begun to run yet, or have ended with the server beyond repair: either way it ends.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_cancel_all, loop)
        thread.join()
        loop.close()


def _watch(loop: asyncio.AbstractEventLoop, server: EmbeddedPostgres) -> None:
    with suppress(asyncio.CancelledError, LhcrError):
        loop.run_until_complete(loop.create_task(keep_running(server, on_restart=lambda: None)))


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
