"""A load process: what `lhcr load` runs for each of its workers."""

import asyncio
import gc
import signal
from dataclasses import dataclass

from lhcr.ingest.load import WorkerEnd
from lhcr.kernel.settings import Settings
from lhcr.nhs.ods import OdsCode


@dataclass(frozen=True, slots=True)
class LoadProcess:
    """Works for a load of one source into one database."""

    settings: Settings
    dsn: str
    source: OdsCode
    source_name: str

    def __call__(self, connection: WorkerEnd) -> None:
        # Ctrl-C in a terminal reaches every process of the command: the leader decides, the workers finish what is under way.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _look_for_cycles_seldom()
        with asyncio.Runner(loop_factory=_event_loop) as runner:
            runner.run(self._work(connection))

    async def _work(self, connection: WorkerEnd) -> None:
        from lhcr.app import running_parts
        from lhcr.cli.loading import make_loader
        from lhcr.ingest.load_worker import LoadWorker
        from lhcr.kernel.clock import SystemClock

        async with running_parts(self.settings, self.dsn, clock=SystemClock()) as parts:
            loader = await make_loader(parts, source=self.source, source_name=self.source_name)
            await LoadWorker(loader, connection).run()


def _look_for_cycles_seldom() -> None:
    """Resources are large trees without cycles: looking through them for cycles again and again takes a fifth of the time."""
    gc.set_threshold(200_000, 20, 50)


def _event_loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()
