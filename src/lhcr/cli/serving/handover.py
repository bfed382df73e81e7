"""Handover: how the supervisor gives accepted connections to a worker, and what a worker says of itself, over one Unix socket.

Before anything else the supervisor sends one message with everything that the worker needs to know; nothing of it stands in the
command line, where others of the machine could read it. When the supervisor dies, the socket ends, and so does the worker.
"""

import json
import socket
import struct
from dataclasses import asdict, dataclass
from typing import Final

from lhcr.kernel.json_types import JsonObject

_LENGTH: Final = struct.Struct("!I")
_STATE: Final = struct.Struct("!II")
_CONNECTION: Final = b"c"
_MOST_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class WorkerState:
    """How many connections a worker has open, and how many it has been handed until now."""

    open: int
    received: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a worker serves. `settings` are those of the area, by name."""

    dsn: str
    settings: JsonObject


def make_handover() -> tuple[socket.socket, socket.socket]:
    """Return the supervisor's end and the worker's."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return ours, theirs


def send_assignment(end: socket.socket, assignment: Assignment) -> None:
    text = json.dumps(asdict(assignment)).encode()
    end.sendall(_LENGTH.pack(len(text)) + text)


def receive_assignment(end: socket.socket) -> Assignment:
    """Wait for the assignment. Raises EOFError where the supervisor has gone."""
    (length,) = _LENGTH.unpack(_exactly(end, _LENGTH.size))
    return Assignment(**json.loads(_exactly(end, length)))


def hand_over(end: socket.socket, connection: socket.socket) -> None:
    """Give a connection away. Raises BlockingIOError where the worker takes none now, OSError where it has gone."""
    socket.send_fds(end, [_CONNECTION], [connection.fileno()])


def take_over(end: socket.socket) -> list[socket.socket] | None:
    """Return the connections that wait in a non-blocking end, None where the supervisor has gone."""
    try:
        message, descriptors, _, _ = socket.recv_fds(end, _MOST_AT_ONCE, _MOST_AT_ONCE)
    except BlockingIOError:
        return []
    except OSError:
        return None
    return [socket.socket(fileno=descriptor) for descriptor in descriptors] if message else None


def send_state(end: socket.socket, state: WorkerState) -> None:
    end.send(_STATE.pack(state.open, state.received))


def last_state(received: bytes) -> tuple[WorkerState | None, bytes]:
    """Return the newest whole state among received bytes, and what is left of an unfinished one."""
    whole = len(received) // _STATE.size * _STATE.size
    if not whole:
        return None, received
    return WorkerState(*_STATE.unpack(received[whole - _STATE.size : whole])), received[whole:]


def _exactly(end: socket.socket, size: int) -> bytes:
    pieces = b""
    while len(pieces) < size:
        piece = end.recv(size - len(pieces))
        if not piece:
            raise EOFError
        pieces += piece
    return pieces
