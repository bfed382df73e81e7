"""Connections are shared evenly, a worker that dies is replaced, and none is left behind."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from tests.cli.processes import kill, lives
from tests.conftest import MakeDatabase

from lhcr.cli.serving.handover import Assignment
from lhcr.cli.serving.listener import listen
from lhcr.cli.serving.supervisor import Supervisor
from lhcr.kernel.errors import LhcrError, Unavailable

_REQUEST = b"GET /health/ready HTTP/1.1\r\nhost: here\r\n\r\n"


@asynccontextmanager
async def serving(dsn: str, folder: Path) -> AsyncIterator[tuple[Supervisor, int]]:
    with listen("127.0.0.1", 0) as listener:
        supervisor = Supervisor(Assignment(dsn=dsn, settings={}), workers=2, log=folder / "workers.log")
        task = asyncio.create_task(supervisor.serve(listener))
        try:
            await asyncio.wait_for(supervisor.ready(), 60)
            yield supervisor, listener.getsockname()[1]
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(_REQUEST)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return head.split(b"\r\n")[0]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 -- what is waited for happens in other processes.
            await asyncio.sleep(0.02)


def _share(supervisor: Supervisor, loads: list[int]) -> bool:
    return supervisor.loads == loads


async def test_workers_share_connections_evenly_serve_on_when_one_dies_and_leave_nothing(
    migrated_database: MakeDatabase, tmp_path: Path
) -> None:
    async with serving(migrated_database(), tmp_path) as (supervisor, port):
        for count in (8, 32):
            connections = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(count)))
            assert {await ask(*connection) for connection in connections} == {b"HTTP/1.1 200 OK"}
            await until(partial(_share, supervisor, [count // 2, count // 2]))
            for _, writer in connections:
                writer.close()
            await until(partial(_share, supervisor, [0, 0]))
        before = supervisor.pids
        kill(before[0])
        await until(lambda: len(supervisor.pids) == 2 and before[0] not in supervisor.pids)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await ask(reader, writer) == b"HTTP/1.1 200 OK"
        writer.close()
        last = [*before, *supervisor.pids]
    assert not any(map(lives, last))


async def test_workers_that_cannot_start_are_given_up_with_a_reason(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener:
        assignment = Assignment(dsn="postgresql://nobody@127.0.0.1:1/none", settings={})
        supervisor = Supervisor(assignment, workers=1, log=tmp_path / "workers.log")
        with pytest.raises(ExceptionGroup) as raised:
            await asyncio.wait_for(supervisor.serve(listener), 60)
    (error,) = raised.value.exceptions
    assert isinstance(error, LhcrError)
    assert error.issues[0].error == "worker-does-not-start"
    assert (tmp_path / "workers.log").stat().st_size > 0


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Unavailable, match="Choose another with --port"):
            listen("127.0.0.1", other.getsockname()[1])
