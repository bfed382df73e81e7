"""A raw socket: bytes as they are sent and come back, for what no client library would send."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


class RawSocket:
    """One connection. Every wait ends after `patience` seconds."""

    def __init__(self, port: int, *, patience: float = 20) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self._unread = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, *, has_body: bool = True) -> Answered | None:
        """Read one answer; None where the server closed without one."""
        while b"\r\n\r\n" not in self._unread:
            if not self._more():
                return None
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(first.split()[1])
        size = int(headers.get("content-length", "0")) if has_body and status >= 200 else 0
        while len(self._unread) < size and self._more():
            pass
        body, self._unread = self._unread[:size], self._unread[size:]
        return Answered(status, headers, body)

    def is_closed_by_server(self) -> bool:
        return not self._more()

    def _more(self) -> bool:
        try:
            received = self.socket.recv(1_048_576)
        except ConnectionError:
            return False
        self._unread += received
        return bool(received)


@contextlib.contextmanager
def raw_socket(port: int, *, patience: float = 20) -> Iterator[RawSocket]:
    connection = RawSocket(port, patience=patience)
    with connection.socket:
        yield connection


def request(method: str, path: str, *, token: str = "", body: bytes = b"", headers: str = "") -> bytes:
    """Return the bytes of a request as curl would send it; `headers` are whole lines."""
    lines = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    lines += f"authorization: Bearer {token}\r\n" if token else ""
    lines += f"content-length: {len(body)}\r\n" if body else ""
    return f"{lines}{headers}\r\n".encode() + body
