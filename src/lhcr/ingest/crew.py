"""A crew: the worker processes of a load, started before there is anything to do, so that they are ready when there is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self, TypeAlias

from lhcr.ingest.messages import Begin, Order, Report

LeaderEnd: TypeAlias = "Connection[Begin | Order, Report]"
WorkerEnd: TypeAlias = "Connection[Report, Begin | Order]"
Work: TypeAlias = Callable[[WorkerEnd], None]
"""What a worker process runs; it is sent to the process, so that it must be something that can be pickled."""


class Crew:
    """Workers, each at the other end of a connection. When the crew is left, they finish what is under way and are waited for."""

    def __init__(self, work: Work, *, size: int) -> None:
        self.ends: list[LeaderEnd] = []
        context = get_context("spawn")
        self._workers = []
        for _ in range(size):
            ours, theirs = context.Pipe()
            worker = context.Process(target=work, args=(theirs,), daemon=True)
            worker.start()
            theirs.close()
            self.ends.append(ours)
            self._workers.append(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dismiss()

    @contextmanager
    def working(self, dsn: str) -> Iterator[None]:
        """Have the crew open a database; it has left it when the block ends. A worker that died is noticed by who leads."""
        for end in self.ends:
            try:
                end.send(Begin(dsn))
            except OSError:
                continue
        try:
            yield
        finally:
            self._dismiss()

    def _dismiss(self) -> None:
        for end in self.ends:
            end.close()
        for worker in self._workers:
            worker.join()
