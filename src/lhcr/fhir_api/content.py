"""The content of a request: its body, read once, within its limits, and only as far as an interaction asks for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final, Protocol, TypeAlias

from lhcr.fhir.json_document import read_json, read_json_array
from lhcr.fhir.validation import require_valid
from lhcr.fhir.xml_document import read_xml
from lhcr.fhir_api.admission import SMALL, Admission
from lhcr.fhir_api.binary_patch import operations_of
from lhcr.fhir_api.headers import content_length
from lhcr.fhir_api.media import Form, form_of
from lhcr.fhir_api.parameters import Pair, read_pairs
from lhcr.fhir_api.refusals import malformed, stalled, too_large, unsupported_media
from lhcr.kernel.json_types import JsonArray, JsonObject

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
#: How long a body may pause.
_PATIENCE_SECONDS: Final = 30.0


class Disconnected(Exception):
    """The caller left before the request was whole: nobody is there to be answered, and nothing was done."""


class Content(Protocol):
    """What came with a request. Every method raises Incorrect (400, 413, 415) for what cannot be read."""

    async def document(self) -> JsonObject:
        """Return the body as a JSON object whose structure has not been checked."""
        ...

    async def resource(self) -> JsonObject:
        """Return the body as a structurally valid resource."""
        ...

    async def operations(self) -> JsonArray:
        """Return the body as a JSON Patch."""
        ...

    async def pairs(self) -> tuple[Pair, ...]:
        """Return the body as the pairs of a form."""
        ...

    async def is_empty(self) -> bool: ...


class SentContent:
    """The body of an HTTP request. What it holds of the worker's budget is given back by `close`."""

    def __init__(
        self,
        receive: Receive,
        headers: Mapping[str, str],
        *,
        limit: int,
        admission: Admission,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._receive = receive
        self._patience_seconds = patience_seconds
        self._headers = headers
        self._limit = limit
        self._admission = admission
        self._taken = 0
        self._body: bytes | None = None

    async def document(self) -> JsonObject:
        form = self._form({Form.JSON, Form.XML})
        body = await self._read()
        return read_json(body) if form is Form.JSON else read_xml(body)

    async def resource(self) -> JsonObject:
        document = await self.document()
        require_valid(document)
        return document

    async def operations(self) -> JsonArray:
        self._form({Form.JSON_PATCH})
        return read_json_array(await self._read())

    async def pairs(self) -> tuple[Pair, ...]:
        if await self.is_empty():
            return ()
        self._form({Form.FORM})
        return read_pairs(await self._read())

    async def is_empty(self) -> bool:
        return not await self._read()

    def close(self) -> None:
        self._admission.give_back(self._taken)
        self._taken = 0

    def _form(self, read: set[Form]) -> Form:
        if self._headers.get("content-encoding", "identity") != "identity":
            raise unsupported_media("A body is read as it is, without Content-Encoding.")
        form = form_of(self._headers.get("content-type", ""))
        if form not in read:
            raise unsupported_media(f"This interaction reads {' or '.join(sorted(each.value for each in read))}.")
        return form

    async def _read(self) -> bytes:
        if self._body is None:
            length = content_length(self._headers, limit=self._limit)
            self._taken += await self._admission.take(length or 0)
            self._body = await self._chunks(length)
        return self._body

    async def _message(self) -> MutableMapping[str, Any]:
        """Hazard: a sender whose line was cut holds its part of the budget, until nobody's large body is read any more."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await self._receive()
        except TimeoutError:
            raise stalled() from None

    async def _chunks(self, length: int | None) -> bytes:
        """Join what arrives. A body of unknown length that is not small is admitted as if it were as long as allowed."""
        chunks: list[bytes] = []
        size, more = 0, True
        while more:
            message = await self._message()
            if message["type"] == "http.disconnect":
                raise Disconnected
            chunk: bytes = message.get("body", b"")
            size, more = size + len(chunk), message.get("more_body", False)
            if size > self._limit:
                raise too_large(self._limit)
            if length is None and size > SMALL and not self._taken:
                self._taken += await self._admission.take(self._limit)
            chunks.append(chunk)
        if length is not None and size != length:
            raise malformed("content-length-wrong", "The body is not as long as the header Content-Length says.")
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class EntryContent:
    """The content of a Bundle's entry: its resource, already parsed."""

    def __init__(self, resource: JsonObject | None) -> None:
        self._resource = resource

    async def document(self) -> JsonObject:
        if self._resource is None:
            raise malformed("entry-resource-missing", "The entry's method needs a resource.")
        return self._resource

    async def resource(self) -> JsonObject:
        document = await self.document()
        require_valid(document)
        return document

    async def operations(self) -> JsonArray:
        return operations_of(self._resource)

    async def pairs(self) -> tuple[Pair, ...]:
        if self._resource is not None:
            raise unsupported_media("An entry that searches has no resource.")
        return ()

    async def is_empty(self) -> bool:
        return self._resource is None
