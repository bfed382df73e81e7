"""The content of a request: its body, read once, within its limits, and only as far as an interaction asks for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from lhcr.fhir.document_limits import limit_json
from lhcr.fhir.json_document import HoldsNul, read_json, read_json_array
from lhcr.fhir.validation import require_valid, validate
from lhcr.fhir.xml_document import read_xml
from lhcr.fhir_api.admission import SMALL, Admission
from lhcr.fhir_api.beside import Beside
from lhcr.fhir_api.binary_patch import operations_of
from lhcr.fhir_api.headers import content_length
from lhcr.fhir_api.limits import Limits
from lhcr.fhir_api.media import Form, form_of
from lhcr.fhir_api.parameters import Pair, read_pairs
from lhcr.fhir_api.refusals import malformed, stalled, too_large, unsupported_media
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonArray, JsonObject

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Made = TypeVar("_Made")
#: How long a body may pause.
_PATIENCE_SECONDS: Final = 30.0
#: How fast a body must arrive that holds a part of the worker's budget: bytes a second, after so many seconds.
_SLOWEST: Final = 131_072
_GRACE_SECONDS: Final = 10.0
#: Bytes of a form: a search is no upload.
_LARGEST_FORM: Final = 1_048_576
#: So large a body is kept beside what is made of it, should the request have to be answered from the start again.
_LARGEST_KEPT: Final = 262_144


class Disconnected(Exception):
    """The caller left before the request was whole: nobody is there to be answered, and nothing was done."""


def valid(document: JsonObject) -> JsonObject:
    """Return a structurally valid resource. Raises Incorrect (400)."""
    require_valid(document)
    return document


def _all_in_one_pass(refused: HoldsNul) -> list[Issue]:
    """Return where a document holds NUL and what else is wrong with its structure, each place once."""
    places = {issue.expression for issue in refused.issues}
    document = refused.document if isinstance(refused.document, dict) else {}
    return [*refused.issues, *(issue for issue in validate(document) if issue.expression not in places)]


class Content(Protocol):
    """What came with a request. Every method raises Incorrect (400, 413, 415) for what cannot be read."""

    async def document(self, make: Callable[[JsonObject], _Made]) -> _Made:
        """Return what is made of the body, given as a JSON object whose structure has not been checked."""
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
        limits: Limits,
        admission: Admission,
        beside: Beside,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._receive = receive
        self._patience_seconds = patience_seconds
        self._headers = headers
        self._limits = limits
        self._admission = admission
        self._beside = beside
        self._taken = 0
        self._body: bytes | None = None
        #: Whether it can be read once more, so that the request can be answered from the start again.
        self.is_kept = True

    async def document(self, make: Callable[[JsonObject], _Made]) -> _Made:
        form = self._form({Form.JSON, Form.XML})
        size = len(await self._read())
        return await self._beside.run(lambda: make(self._parsed(form)), size=size)

    async def resource(self) -> JsonObject:
        return await self.document(valid)

    async def operations(self) -> JsonArray:
        self._form({Form.JSON_PATCH})
        size = len(await self._read())
        return await self._beside.run(
            lambda: read_json_array(self._let_go(), most_values=self._limits.values), size=size
        )

    async def pairs(self) -> tuple[Pair, ...]:
        body = await self._read()
        if not body:
            return ()
        self._form({Form.FORM})
        if len(body) > _LARGEST_FORM:
            raise too_large(_LARGEST_FORM)
        return read_pairs(body)

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
            wanted = " or ".join(sorted(each.value for each in read))
            raise unsupported_media(f"This interaction reads a body of the Content-Type {wanted}.")
        return form

    def _parsed(self, form: Form) -> JsonObject:
        try:
            document, bound = self._json() if form is Form.JSON else self._xml()
        except HoldsNul as refused:
            raise Incorrect(_all_in_one_pass(refused)) from None
        self._limits.check(document, values_at_most=bound)
        return document

    def _json(self) -> tuple[JsonObject, int]:
        """Return the body as a document, and a number of values of which it surely holds no more."""
        body = self._let_go()
        bound = limit_json(body, most_values=self._limits.values)
        return read_json(body), bound

    def _xml(self) -> tuple[JsonObject, int]:
        size = len(self._body or b"")
        return read_xml(self._let_go(), most_values=self._limits.values), size

    def _let_go(self) -> bytes:
        """Give the body away: a large one is not kept beside what is made of it."""
        body = self._body or b""
        if len(body) > _LARGEST_KEPT:
            self._body, self.is_kept = b"", False
        return body

    async def _read(self) -> bytes:
        if self._body is None:
            length = content_length(self._headers, limit=self._limits.body)
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
        began = asyncio.get_running_loop().time()
        while more:
            if self._taken and asyncio.get_running_loop().time() - began > _GRACE_SECONDS + size / _SLOWEST:
                raise stalled()
            message = await self._message()
            if message["type"] == "http.disconnect":
                raise Disconnected
            chunk: bytes = message.get("body", b"")
            size, more = size + len(chunk), message.get("more_body", False)
            if size > self._limits.body:
                raise too_large(self._limits.body)
            if length is None and size > SMALL and not self._taken:
                self._taken += await self._admission.take(self._limits.body)
            chunks.append(chunk)
        if length is not None and size != length:
            raise malformed("content-length-wrong", "The body is not as long as the header Content-Length says.")
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class EntryContent:
    """The content of a Bundle's entry: its resource, already parsed."""

    def __init__(self, resource: JsonObject | None) -> None:
        self._resource = resource

    async def document(self, make: Callable[[JsonObject], _Made]) -> _Made:
        if self._resource is None:
            raise malformed("entry-resource-missing", "The entry's method needs a resource.")
        return make(self._resource)

    async def resource(self) -> JsonObject:
        return await self.document(valid)

    async def operations(self) -> JsonArray:
        return operations_of(self._resource)

    async def pairs(self) -> tuple[Pair, ...]:
        if self._resource is not None:
            raise unsupported_media("An entry that searches has no resource.")
        return ()

    async def is_empty(self) -> bool:
        return self._resource is None
