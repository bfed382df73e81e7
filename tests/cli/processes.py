"""Real processes for the tests of commands: started, watched, killed at bad moments."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

_PROGRAM = (sys.executable, "-c", "from lhcr.cli.main import main; main()")
_T = TypeVar("_T")


def lhcr(*arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([*_PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=timeout)


@contextmanager
def running(arguments: Sequence[str], *, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a session of its own while the block runs; what is left of it afterwards is killed."""
    with output.open("wb") as file:
        process = subprocess.Popen([*_PROGRAM, *arguments], stdout=file, stderr=file, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def children_of(pid: int, *, named: str) -> list[int]:
    """Return the living children of a process whose command line holds `named`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                status = (entry / "stat").read_text().rpartition(")")[2].split()
                line = (entry / "cmdline").read_bytes().decode(errors="replace")
                if status[0] not in "ZX" and int(status[1]) == pid and named in line:
                    found.append(int(entry.name))
    return found


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def until(condition: Callable[[], _T], *, seconds: float = 60) -> _T:
    """Wait until a condition gives something true and return it."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return value


def value_of(dsn: str, statement: str) -> Any:
    """Return the one value of a statement."""

    async def fetch() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def status_of(url: str) -> int:
    """Return the HTTP status of an address, 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
