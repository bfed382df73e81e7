"""Sending: one reply becomes two ASGI messages, whatever its size."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

import msgspec

from lhcr.fhir_api.media import ANSWER_TYPE
from lhcr.fhir_api.reply import Reply

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_CONTENT_TYPE: Final = (b"content-type", ANSWER_TYPE.encode())
# What a record holds is kept by nobody between here and the caller.
_PRIVATE: Final = (b"cache-control", b"private, no-store")


async def send_reply(send: Send, reply: Reply, *, request_id: str, pretty: bool, head: bool) -> None:
    body = reply.body[0] if len(reply.body) == 1 else b"".join(reply.body)
    if pretty and body:
        body = msgspec.json.format(body, indent=2)
    headers = [(name.encode(), value.encode("latin-1")) for name, value in reply.headers]
    headers += [(b"x-request-id", request_id.encode()), _PRIVATE]
    if body:
        headers.append(_CONTENT_TYPE)
    if reply.status not in {204, 304}:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})
