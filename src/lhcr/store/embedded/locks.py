"""Advisory locks on files: the kernel lets go of them when their holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class FileLock:
    """One holding of a lock file. The file stays for ever: removing it would let two holders lock different files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def share(self) -> None:
        """Hold the lock together with others; waits while somebody holds it alone."""
        self._lock(fcntl.LOCK_SH)

    def hold_alone(self) -> None:
        self._lock(fcntl.LOCK_EX)

    def try_hold_alone(self) -> bool:
        """Return whether nobody else held the lock. When somebody did, this object no longer holds it either."""
        try:
            self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        return True

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _lock(self, operation: int) -> None:
        opened_here = self._descriptor is None
        if self._descriptor is None:
            self._descriptor = _open(self._path)
        try:
            fcntl.flock(self._descriptor, operation)
        except BaseException:
            if opened_here:
                self.release()
            raise


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    lock = FileLock(path)
    lock.hold_alone()
    try:
        yield
    finally:
        lock.release()


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(FileExistsError):
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
        # A lock that root leaves in a user's folder belongs to that user, who could not open it otherwise.
        owner = path.parent.stat()
        if os.geteuid() == 0:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        return descriptor
    return os.open(path, flags)
