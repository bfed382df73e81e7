"""An area as it is served: the production supervisor and its worker processes, in a thread beside the tests."""

import asyncio
import contextlib
import socket
import threading
from pathlib import Path
from typing import Any, Self

from lhcr.cli.serving.handover import Assignment
from lhcr.cli.serving.listener import listen
from lhcr.cli.serving.supervisor import Supervisor
from lhcr.kernel.settings import Settings
from lhcr.store.database import Pool, open_pool

_PATIENCE_SECONDS = 60


class Served:
    """Workers behind one listening socket, from `start` until `stop`; worker processes end with the test process, however it ends."""

    def __init__(self, dsn: str, settings: Settings, listener: socket.socket, *, workers: int, log: Path) -> None:
        self._dsn = dsn
        assignment = Assignment(dsn=dsn, settings=settings.model_dump())
        self.restarts: list[int] = []
        self._supervisor = Supervisor(assignment, workers=workers, log=log, on_restart=self.restarts.append)
        self._listener = listener
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._pool: Pool | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="served-area")

    @property
    def pids(self) -> list[int]:
        return self._supervisor.pids

    @property
    def loads(self) -> list[int]:
        """How many connections each worker has open."""
        return self._supervisor.loads

    def start(self) -> Self:
        self._thread.start()
        ready = self._ready.wait(_PATIENCE_SECONDS)
        if self._failure is not None:
            raise self._failure
        assert ready, "the workers did not start"
        return self

    def rows(self, statement: str, *values: object) -> list[Any]:
        """Return the rows of a statement, run beside the workers."""
        assert self._loop is not None
        assert self._pool is not None
        return asyncio.run_coroutine_threadsafe(self._pool.fetch(statement, *values), self._loop).result(
            _PATIENCE_SECONDS
        )

    def stop(self) -> None:
        if self._loop is not None and self._task is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(_PATIENCE_SECONDS)
        self._listener.close()
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 -- raised again in the caller's thread
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._pool = pool = await open_pool(self._dsn, smallest=1, largest=2)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._supervisor.serve(self._listener))
                await self._supervisor.ready()
                self._ready.set()
        finally:
            pool.terminate()


def listen_anywhere() -> tuple[socket.socket, int]:
    """Return a listening socket on a free port of the loopback, and its port."""
    listener = listen("127.0.0.1", 0)
    return listener, int(listener.getsockname()[1])
