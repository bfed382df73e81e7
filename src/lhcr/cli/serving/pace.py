"""The pace of a connection: whether whoever is at its other end still reads what was answered and sends what was begun.

Looked at from time to time, for all connections of a worker at once, so that a connection that keeps pace costs nothing.
"""

import fcntl
import struct
import termios
from asyncio import Transport
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_COUNT: Final = struct.Struct("i")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The slowest that is borne: `slowest` bytes a second between two looks, and an answer that is gone after `most_looks`."""

    seconds: float
    slowest: int
    most_looks: int = 30

    def wanted(self, whole: int) -> float:
        """Return how many of the bytes of an answer must have gone from one look to the next."""
        return max(self.slowest * self.seconds, whole / self.most_looks)

    def is_slow(self, received: int) -> bool:
        """Whether so many bytes of a body between two looks are too few."""
        return received < self.slowest * self.seconds


class Departure:
    """What was written to a connection and leaves it, as two looks find it."""

    def __init__(self) -> None:
        self._whole = 0
        self._left: int | None = None

    def moved(self) -> None:
        """Say that it went on by itself: the next look only looks."""
        self._left = None

    def is_stuck(self, transport: Transport, pace: Pace) -> bool:
        """Whether too little has left since the last look. What waits in the memory of this process is what counts in the end."""
        if not transport.get_write_buffer_size():
            self._left = None
            return False
        before, self._left = self._left, unread(transport)
        if before is None:
            self._whole = self._left
            return False
        return self._left > before - pace.wanted(self._whole)


def unread(transport: Transport) -> int:
    """Return how many bytes the other end has not confirmed: those that wait here, and those that the system has taken over.

    Without the latter an honest reader on a slow line would seem to stand still: the system takes over megabytes at a time.
    """
    taken_over = bytearray(_COUNT.size)
    socket = transport.get_extra_info("socket")
    with suppress(OSError, ValueError, AttributeError):
        fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, taken_over)
    (count,) = _COUNT.unpack(taken_over)
    return transport.get_write_buffer_size() + int(count)
