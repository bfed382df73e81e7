"""The lock of a running demonstration: one in a data folder, and a note of where it can be reached."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lhcr.kernel.errors import Conflict, Issue
from lhcr.store.embedded.locks import FileLock

_NOTE: Final = "demonstration.json"
_LOCK: Final = "demonstration.lock"


@contextmanager
def only_demonstration(data_dir: Path, *, base_url: str) -> Iterator[None]:
    """Hold the folder's demonstration while the block runs. Raises Conflict where another process holds it."""
    lock = FileLock(data_dir / _LOCK)
    if not lock.try_hold_alone():
        raise _running(running_at(data_dir))
    try:
        _write_note(data_dir, base_url)
        yield
    finally:
        (data_dir / _NOTE).unlink(missing_ok=True)
        lock.release()


def running_at(data_dir: Path) -> str | None:
    """Return the address of the folder's demonstration as it last said; it may have been killed since."""
    try:
        address = json.loads((data_dir / _NOTE).read_bytes())["base_url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return address if isinstance(address, str) else None


def open_for_folder(path: Path, flags: int) -> int:
    """Open or make a file of a data folder. What root makes in a user's folder belongs to that user."""
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _write_note(data_dir: Path, base_url: str) -> None:
    scratch = data_dir / f"{_NOTE}.{os.getpid()}"
    with os.fdopen(open_for_folder(scratch, os.O_WRONLY), "w", encoding="utf-8") as file:
        json.dump({"base_url": base_url, "pid": os.getpid()}, file)
    scratch.rename(data_dir / _NOTE)


def _running(address: str | None) -> Conflict:
    where = f" at {address}" if address else ""
    diagnostics = (
        f"A demonstration of this folder is running already{where}. Stop it, or name another folder with --data-dir."
    )
    return Conflict([Issue(code="conflict", error="already-running", diagnostics=diagnostics)])
