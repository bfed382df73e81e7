"""The listening socket of an area."""

import socket
from typing import Final

from lhcr.kernel.errors import Issue, Unavailable

_BACKLOG: Final = 2048


def listen(host: str, port: int) -> socket.socket:
    """Return a non-blocking listening socket. Raises Unavailable (`port-taken`) where the port cannot be had."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        diagnostics = (
            f"Port {port} of {host} cannot be used: {error.strerror}. Choose another with --port. Nothing was changed."
        )
        raise Unavailable([Issue(code="exception", error="port-taken", diagnostics=diagnostics)]) from None
    listener.setblocking(False)
    return listener
