"""A load worker: takes orders from the process that leads a load, several at a time, and reports what came of each."""

import asyncio

from lhcr.ingest.crew import WorkerEnd
from lhcr.ingest.file_load import FileLoad
from lhcr.ingest.loader import Loader
from lhcr.ingest.messages import (
    Begin,
    Failed,
    FileLoaded,
    FindMissing,
    LoadFile,
    Order,
    Report,
    StillMissing,
    UnitLoaded,
)
from lhcr.ingest.tally import Tally
from lhcr.kernel.errors import LhcrError


class LoadWorker:
    """Works until the leader closes the connection or dies; then ends after the units that are under way."""

    def __init__(self, loader: Loader, connection: WorkerEnd) -> None:
        self._loader = loader
        self._files = FileLoad(loader)
        self._connection = connection

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while (order := await asyncio.to_thread(next_order, self._connection)) is not None:
                if not isinstance(order, Begin):
                    group.create_task(self._carry_out(order))
            self._files.stopping = True

    async def _carry_out(self, order: Order) -> None:
        try:
            if isinstance(order, FindMissing):
                found = await self._loader.still_missing(order.references)
                self._report(StillMissing(tuple(found)))
            else:
                await self._load(order)
        except Exception as error:  # noqa: BLE001 -- the leader ends the load and says so; it must not wait for ever.
            self._report(failure(error))

    async def _load(self, order: LoadFile) -> None:
        def report(progress: int, tally: Tally, missing: set[str]) -> None:
            self._report(UnitLoaded(order.number, progress, tally, frozenset(missing)))

        put_off = await self._files.run(order.file, turn=order.turn, on_progress=report)
        self._report(FileLoaded(order.number, put_off))

    def _report(self, report: Report) -> None:
        try:
            self._connection.send(report)
        except OSError:
            # The leader has gone: nobody wants to know, and no further order will come.
            self._files.stopping = True


def next_order(connection: WorkerEnd) -> Begin | Order | None:
    """Wait for the next order; None where the leader has closed the connection or died."""
    try:
        return connection.recv()
    except (EOFError, OSError):
        return None


def failure(error: Exception) -> Failed:
    """Return what a worker says when it cannot go on. An error that nobody foresaw may quote the content: only its name is told."""
    if isinstance(error, LhcrError):
        return Failed(str(error))
    return Failed(f"A loading process met an error that it does not know ({type(error).__name__}).")
