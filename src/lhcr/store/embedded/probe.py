"""A knock at the server's socket: the first packets of a connection, as pg_isready sends them.

Only the server itself knows whether it accepts connections: a pid file, a process number or a socket file may be left from
a dead one.
"""

import socket
import struct
from enum import Enum
from pathlib import Path

_PROTOCOL_3 = 196608
_CANNOT_CONNECT_NOW = b"C57P03\x00"


class Answer(Enum):
    ACCEPTING = "accepting"
    NOT_NOW = "not-now"
    SILENT = "silent"


def knock(socket_path: Path, *, patience: float = 1.0) -> Answer:
    """Ask once. `patience` is in seconds; a server that takes the connection but says nothing within it is not ready."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(patience)
        try:
            connection.connect(str(socket_path))
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return Answer.SILENT
        except OSError:
            # Somebody listens, but the queue of connections is full.
            return Answer.NOT_NOW
        try:
            connection.sendall(_startup_packet())
            return _read(connection.recv(4096))
        except OSError:
            return Answer.NOT_NOW


def _startup_packet() -> bytes:
    words = b"user\x00postgres\x00database\x00postgres\x00application_name\x00lhcr probe\x00\x00"
    return struct.pack("!II", len(words) + 8, _PROTOCOL_3) + words


def _read(reply: bytes) -> Answer:
    # 'R' is an authentication request or its success. An 'E' other than "cannot connect now" (too many clients, say) comes
    # from a server that is up.
    if not reply or (reply[:1] == b"E" and _CANNOT_CONNECT_NOW in reply):
        return Answer.NOT_NOW
    return Answer.ACCEPTING
