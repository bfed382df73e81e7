"""A web worker: one process that serves the connections which its supervisor hands over.

Run as `python -m lhcr.cli.serving.web_worker DESCRIPTOR`, the number of the inherited end of a handover.
"""

import asyncio
import logging
import os
import socket
import sys
import threading
import time
from typing import Final

import uvicorn

from lhcr.app import build_app
from lhcr.cli.serving.guarded_connection import GuardedConnection
from lhcr.cli.serving.handover import WorkerState, receive_assignment, send_state, take_over
from lhcr.cli.serving.output import write_output
from lhcr.cli.serving.pace import Pace
from lhcr.kernel.settings import Settings

_LOG: Final = logging.getLogger(__name__)
_GRACE_SECONDS: Final = 5
_LAST_RESORT_SECONDS: Final = 15


class WebWorker(uvicorn.Server):
    """A uvicorn that listens nowhere, is handed its connections, and cuts off those that do not keep `pace`."""

    def __init__(self, config: uvicorn.Config, end: socket.socket, *, pace: Pace) -> None:
        super().__init__(config)
        self._end = end
        self._pace = pace
        self._next_look = time.monotonic() + pace.seconds
        self._received = 0
        self._told: WorkerState | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets or [])
        if self.started:
            self._end.setblocking(False)
            asyncio.get_running_loop().add_reader(self._end, self._take_over)
            self._tell()

    async def on_tick(self, counter: int) -> bool:
        self._tell()
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + self._pace.seconds
            self._look()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        _end_at_last()
        asyncio.get_running_loop().remove_reader(self._end)
        await super().shutdown(sockets)

    def _take_over(self) -> None:
        connections = take_over(self._end)
        if connections is None:
            asyncio.get_running_loop().remove_reader(self._end)
            self.should_exit = True
            return
        for connection in connections:
            self._received += 1
            task = asyncio.get_running_loop().create_task(self._serve_connection(connection))
            self.server_state.tasks.add(task)
            task.add_done_callback(self.server_state.tasks.discard)
        self._tell()

    async def _serve_connection(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        except OSError:
            connection.close()  # Gone before it could be served.

    def _look(self) -> None:
        connections = [each for each in self.server_state.connections if isinstance(each, GuardedConnection)]
        cut_off = sum(each.look(self._pace) for each in connections)
        if cut_off:
            _LOG.warning("connections cut off that were read from or sent to too slowly: %d", cut_off)

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made

    def _tell(self) -> None:
        state = WorkerState(open=len(self.server_state.connections), received=self._received)
        if state == self._told:
            return
        try:
            send_state(self._end, state)
        except BlockingIOError:
            return
        except OSError:
            self.should_exit = True
            return
        self._told = state


def _end_at_last() -> None:
    """End this process when an orderly end hangs, say on a database that died first: nobody may be left to end it by force."""
    last = threading.Timer(_LAST_RESORT_SECONDS, os._exit, args=(1,))
    last.daemon = True
    last.start()


def main() -> None:
    end = socket.socket(fileno=int(sys.argv[1]))
    try:
        assignment = receive_assignment(end)
    except EOFError:
        return
    write_output(sys.stderr)
    settings = Settings(**assignment.settings)
    WebWorker(worker_config(settings, assignment.dsn), end, pace=_pace(settings)).run()


def _pace(settings: Settings) -> Pace:
    return Pace(seconds=settings.look_seconds, slowest=settings.slowest_line)


def worker_config(settings: Settings, dsn: str) -> uvicorn.Config:
    """Return how a worker of the area serves.

    Hazard: attempts that are counted under an address which the attempting caller wrote themselves. Where a request came from is
    told by the connection, and only by proxies that the settings name it is told by a header; the library believes this machine.
    """
    return uvicorn.Config(
        build_app(settings, dsn),
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        loop="uvloop",
        http=GuardedConnection,
        ws="none",
        lifespan="on",
        access_log=False,
        # What it logs goes where everything goes that this process logs.
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
