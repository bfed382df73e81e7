"""The supervisor: accepts connections, hands each to the worker that has fewest, and starts a worker again that has died."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lhcr.cli.serving.handover import Assignment
from lhcr.cli.serving.worker_process import WorkerProcess
from lhcr.kernel.errors import Issue, Unavailable

#: Before a worker is started again, by how often in a row it did not come up.
_PAUSES_SECONDS: Final = (0.2, 0.4, 0.8, 1.6, 3.2, 5.0)
_PAUSE_WITHOUT_DESCRIPTORS: Final = 0.1
#: As long as none has ever come up: so many workers that did not say that none will. Later, a database may be away for a while.
_FAILED_STARTS: Final = 3


@dataclass(slots=True, kw_only=True)
class Slot:
    """A place for one worker: who is in it now, and how many in a row ended before they were ready."""

    worker: WorkerProcess | None = None
    failed_starts: int = 0


class Supervisor:
    """Keeps `workers` processes up. `log` is where they write what goes wrong, None for where this process does; `on_restart` hears of each that died."""

    def __init__(
        self,
        assignment: Assignment,
        *,
        workers: int,
        log: Path | None,
        on_restart: Callable[[int], None] = lambda _code: None,
    ) -> None:
        self._assignment = assignment
        self._log = log
        self._on_restart = on_restart
        self._slots = [Slot() for _ in range(workers)]
        self._somebody_ready = asyncio.Event()
        self._everybody_ready = asyncio.Event()
        self._somebody_was_ready = False

    @property
    def pids(self) -> list[int]:
        """The process numbers of the workers that serve."""
        return [worker.pid for worker in self._ready()]

    @property
    def loads(self) -> list[int]:
        """How many connections each worker that serves has."""
        return [worker.load for worker in self._ready()]

    async def ready(self) -> None:
        """Wait until every worker has served once."""
        await self._everybody_ready.wait()

    async def serve(self, listener: socket.socket) -> None:
        """Serve until cancelled; then the workers have ended. Raises Unavailable where workers do not come up."""
        async with asyncio.TaskGroup() as group:
            for slot in self._slots:
                group.create_task(self._keep_filled(slot))
            group.create_task(self._accept(listener))

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            # Until somebody can take it, a connection waits in the socket's own queue.
            await self._somebody_ready.wait()
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(_PAUSE_WITHOUT_DESCRIPTORS)
                continue
            with connection:
                self._hand_over(connection)

    def _hand_over(self, connection: socket.socket) -> None:
        """Give a connection to the worker with fewest; where none takes it, it is closed and the client tries again."""
        any(worker.give(connection) for worker in sorted(self._ready(), key=lambda each: each.load))

    async def _keep_filled(self, slot: Slot) -> None:
        while slot.failed_starts < _FAILED_STARTS or self._somebody_was_ready:
            slot.worker = await WorkerProcess.start(self._assignment, log=self._log, on_ready=self._note_ready)
            try:
                code, was_ready = await self._watch(slot.worker)
            except asyncio.CancelledError:
                await slot.worker.end()
                raise
            slot.failed_starts = 0 if was_ready else slot.failed_starts + 1
            self._on_restart(code)
            await asyncio.sleep(_PAUSES_SECONDS[min(slot.failed_starts, len(_PAUSES_SECONDS) - 1)])
        where = "above" if self._log is None else f"at the end of {self._log}"
        diagnostics = f"A worker of the area does not start; nothing was lost. Its reasons are {where}."
        raise Unavailable([Issue(code="exception", error="worker-does-not-start", diagnostics=diagnostics)])

    async def _watch(self, worker: WorkerProcess) -> tuple[int, bool]:
        """Wait until a worker ends; return its code and whether it ever served."""
        ended = asyncio.create_task(worker.ended())
        served = False
        try:
            while not ended.done():
                await asyncio.wait([ended], timeout=0.5)
                served = served or worker.ready
        finally:
            ended.cancel()
        if not self._ready():
            self._somebody_ready.clear()
        return ended.result(), served

    def _note_ready(self) -> None:
        self._somebody_ready.set()
        self._somebody_was_ready = True
        if len(self._ready()) == len(self._slots):
            self._everybody_ready.set()

    def _ready(self) -> list[WorkerProcess]:
        return [slot.worker for slot in self._slots if slot.worker is not None and slot.worker.ready]
