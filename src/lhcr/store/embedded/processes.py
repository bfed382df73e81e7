"""The living processes of a cluster.

A process number in a pid file proves nothing: the process may be dead but not yet reaped, or the number may by now be
another program's. A PostgreSQL process is known by its name and by its working folder, which is always its cluster.
"""

import os
import signal
import sys
import time
from pathlib import Path

_PATIENCE = 5.0


def is_alive(pid: int, cluster: Path) -> bool:
    """Return whether `pid` is a living PostgreSQL process of this cluster."""
    if sys.platform != "linux":
        return _exists(pid)
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        working = Path(f"/proc/{pid}/cwd").stat()
        ours = cluster.stat()
    except OSError:
        return False
    name, _, rest = state.partition("(")[2].rpartition(")")
    return (
        name == "postgres"
        and rest.split()[0] not in "ZX"
        and (working.st_dev, working.st_ino) == (ours.st_dev, ours.st_ino)
    )


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def survivors(cluster: Path) -> list[int]:
    """Return the PostgreSQL processes that live in the cluster, however they came there."""
    if sys.platform != "linux":
        return []
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    return [pid for pid in numbers if is_alive(pid, cluster)]


def end_survivors(cluster: Path) -> None:
    """End what a dead postmaster left behind, as it would have done itself: a new server must not share files with them."""
    since = time.monotonic()
    while remaining := survivors(cluster):
        force = signal.SIGKILL if time.monotonic() - since > _PATIENCE else signal.SIGQUIT
        for pid in remaining:
            _send(pid, force)
        time.sleep(0.05)


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
