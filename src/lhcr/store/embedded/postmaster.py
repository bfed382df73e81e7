"""The postmaster: the one process of a running cluster that started all others, found and ended from outside."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from lhcr.store.embedded.processes import is_alive

OnWait = Callable[[float], None]
"""Called about once a second with the seconds waited so far."""


class Waiting:
    """A pause that is short, repeated, and told about once a second."""

    def __init__(self, on_wait: OnWait) -> None:
        self._on_wait = on_wait
        self._since = time.monotonic()
        self._told = 0
        self.turns = 0

    def pause(self) -> None:
        time.sleep(0.02 if self.turns < 50 else 0.1)
        self.turns += 1
        elapsed = time.monotonic() - self._since
        if int(elapsed) > self._told:
            self._told = int(elapsed)
            self._on_wait(elapsed)


def recorded_postmaster(cluster: Path) -> int | None:
    """Return the process number in the cluster's pid file, dead or alive."""
    try:
        first = (cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]
        return abs(int(first))
    except (FileNotFoundError, ValueError):
        return None


def living_postmaster(cluster: Path) -> int | None:
    pid = recorded_postmaster(cluster)
    return pid if pid is not None and is_alive(pid, cluster) else None


def halt(cluster: Path, *, on_wait: OnWait) -> None:
    """End every connection, write everything out and wait until the postmaster has gone; nothing if there is none."""
    waiting = Waiting(on_wait)
    while (pid := living_postmaster(cluster)) is not None:
        if waiting.turns == 0:
            os.kill(pid, signal.SIGINT)
        waiting.pause()
