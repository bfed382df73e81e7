"""A worker process as its supervisor sees it: started, given connections, asked to end."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from lhcr.cli.serving.handover import Assignment, WorkerState, hand_over, last_state, make_handover, send_assignment

_GRACE_SECONDS: Final = 10.0
_READ: Final = 4096


class WorkerProcess:
    """`ready` is whether it serves; `load` is how many connections it has, those on their way to it included."""

    def __init__(
        self, process: asyncio.subprocess.Process, end: socket.socket, *, on_ready: Callable[[], None]
    ) -> None:
        self._process = process
        self._end = end
        self._on_ready = on_ready
        self._state: WorkerState | None = None
        self._unread = b""
        self._handed = 0
        end.setblocking(False)
        asyncio.get_running_loop().add_reader(end, self._read)

    @classmethod
    async def start(cls, assignment: Assignment, *, log: Path | None, on_ready: Callable[[], None]) -> Self:
        """Start a worker that writes what goes wrong to the end of `log`, None for where this process writes it."""
        ours, theirs = make_handover()
        with theirs, contextlib.nullcontext(sys.stderr) if log is None else log.open("ab") as errors:
            arguments = (sys.executable, "-m", "lhcr.cli.serving.web_worker", str(theirs.fileno()))
            process = await asyncio.create_subprocess_exec(
                *arguments,
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                # Ctrl-C in a terminal is for the supervisor, which then ends its workers in good order.
                start_new_session=True,
            )
        with contextlib.suppress(OSError):  # It died at once: whoever waits for its end hears of it.
            send_assignment(ours, assignment)
        return cls(process, ours, on_ready=on_ready)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ready(self) -> bool:
        return self._state is not None

    @property
    def load(self) -> int:
        return 0 if self._state is None else self._state.open + self._handed - self._state.received

    def give(self, connection: socket.socket) -> bool:
        """Hand a connection over; return whether the worker takes it."""
        try:
            hand_over(self._end, connection)
        except OSError:
            return False
        self._handed += 1
        return True

    async def ended(self) -> int:
        """Wait until the process has ended and return its code."""
        code = await self._process.wait()
        self._close()
        return code

    async def end(self) -> None:
        """End the process in good order, by force where that takes longer than ten seconds."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), _GRACE_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._close()

    def _close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._end)
        self._end.close()
        self._state = None

    def _read(self) -> None:
        try:
            received = self._end.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            asyncio.get_running_loop().remove_reader(self._end)
            self._state = None
            return
        first = self._state is None
        state, self._unread = last_state(self._unread + received)
        self._state = state or self._state
        if first and self._state is not None:
            self._on_ready()
