"""A load process: what `lhcr load` runs for each of its workers."""

import asyncio
import gc
import logging
import signal
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lhcr.ingest.crew import WorkerEnd
from lhcr.ingest.load_worker import LoadWorker, failure, next_order
from lhcr.ingest.messages import Begin
from lhcr.kernel.settings import Settings
from lhcr.nhs.ods import OdsCode

if TYPE_CHECKING:
    from lhcr.ingest.loader import Loader


@dataclass(frozen=True, slots=True)
class LoadProcess:
    """Works for a load of one source, into the database that it is told when there is one."""

    settings: Settings
    source: OdsCode
    source_name: str

    def __call__(self, connection: WorkerEnd) -> None:
        # Ctrl-C in a terminal reaches every process of the command: the leader decides, the workers finish what is under way.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # What goes wrong is told to the leader; libraries that complain by themselves complain to nobody.
        logging.getLogger().addHandler(logging.NullHandler())
        _make_ready()
        _look_for_cycles_seldom()
        begin = next_order(connection)
        if isinstance(begin, Begin):
            with asyncio.Runner(loop_factory=_event_loop) as runner:
                runner.run(self._work(connection, begin.dsn))

    async def _work(self, connection: WorkerEnd, dsn: str) -> None:
        try:
            async with AsyncExitStack() as stack:
                loader = await self._loader(dsn, stack)
                await LoadWorker(loader, connection).run()
        except Exception as error:  # noqa: BLE001 -- it is told by the leader, in a sentence.
            with suppress(OSError):
                connection.send(failure(error))

    async def _loader(self, dsn: str, stack: AsyncExitStack) -> "Loader":
        """Make the loader, waiting for a database that is away. What was opened is closed with the stack."""
        from lhcr.cli.loading import make_loader
        from lhcr.ingest.patience import patiently
        from lhcr.kernel.clock import SystemClock
        from lhcr.parts import running_parts

        async def attempt() -> "Loader":
            async with AsyncExitStack() as trying:
                parts = await trying.enter_async_context(running_parts(self.settings, dsn, clock=SystemClock()))
                loader = await make_loader(parts, source=self.source, source_name=self.source_name)
                stack.push_async_exit(trying.pop_all())
                return loader

        return await patiently(attempt)


def _make_ready() -> None:
    """Import and compile while the leader opens the database: this takes longer than starting a process does."""
    import lhcr.cli.loading  # noqa: F401
    from lhcr.ingest.readiness import make_ready

    make_ready()


def _look_for_cycles_seldom() -> None:
    """Resources are large trees without cycles: looking through them for cycles again and again takes a fifth of the time."""
    gc.freeze()
    gc.set_threshold(500_000, 50, 1000)


def _event_loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()
