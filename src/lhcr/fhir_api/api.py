"""The FHIR API as an ASGI application: one way from request to reply for every interaction."""

import time
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog

from lhcr.access.moved import PersonMoved
from lhcr.audit.released import Released
from lhcr.audit.unsent import LEFT, not_sent
from lhcr.fhir_api.admission import Admission
from lhcr.fhir_api.authentication import Authenticate, Standing, principal_of, token_of
from lhcr.fhir_api.beside import Beside
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.content import Disconnected, Receive, SentContent
from lhcr.fhir_api.dispatch import handler_of
from lhcr.fhir_api.headers import read_headers
from lhcr.fhir_api.interactions import Handler
from lhcr.fhir_api.limits import Limits
from lhcr.fhir_api.media import require_json_accepted
from lhcr.fhir_api.metadata import metadata
from lhcr.fhir_api.parameters import Pair, invalid, read_pairs, single
from lhcr.fhir_api.reply import Collected, Reply
from lhcr.fhir_api.request_id import request_id_of
from lhcr.fhir_api.sending import Send, send_reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.target import Kind, parse_target
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import LhcrError, Unavailable
from lhcr.kernel.ids import Ids

Scope = MutableMapping[str, Any]
_READING: Final = frozenset({"GET", "HEAD"})
#: What a POST at these asks is read as by a GET.
_SEARCHES: Final = frozenset({Kind.SYSTEM_SEARCH, Kind.TYPE_SEARCH, Kind.COMPARTMENT_SEARCH})


class FhirApi:
    """Serves the API below `prefix` (`/fhir`).

    `statement` is the CapabilityStatement, the one thing that needs no token. `standing` is None where no token is ever revoked.
    """

    def __init__(
        self,
        services: Services,
        *,
        authenticate: Authenticate,
        ids: Ids,
        statement: bytes,
        limits: Limits,
        site: str = "",
        standing: Standing | None = None,
        prefix: str = "/fhir",
        log_requests: bool = False,
    ) -> None:
        self._services = services
        self._authenticate = authenticate
        self._site = site
        self._standing = standing
        self._ids = ids
        self._statement = statement
        self._limits = limits
        self.admission = Admission(limits.bodies)
        self._beside = Beside()
        self._failures = services.failures
        self._prefix = prefix.encode()
        self._log = structlog.get_logger("lhcr.fhir_api")
        self._log_requests = log_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        raw = scope["headers"]
        exchange = _Exchange(request_id=request_id_of(raw) or self._ids.token())
        began = time.perf_counter()
        try:
            reply = await self._reply(scope, receive, exchange)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - no defect may reach a caller as a stack trace.
            reply = self._failures.told(error, request_id=exchange.request_id, route=exchange.route)
        if self._log_requests:
            self._log_request(scope["method"], reply, exchange, seconds=time.perf_counter() - began)
        if isinstance(reply, Released | Collected) and LEFT in scope and scope[LEFT]():
            await self._mark_unsent(exchange)
        head = scope["method"] == "HEAD"
        await send_reply(send, reply, request_id=exchange.request_id, pretty=exchange.pretty, head=head)

    async def _reply(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> Reply:
        headers = read_headers(scope["headers"])
        path = _path_below(scope, self._prefix)
        if path.strip(b"/") == b"metadata":
            return self._metadata(scope, headers, exchange)
        principal = principal_of(headers, self._authenticate)
        exchange.principal = principal
        target = parse_target(path)
        reads = scope["method"] in _READING or target.kind in _SEARCHES
        if self._standing is not None and not reads:
            await self._standing.looked(token_of(headers))
        exchange.route = target.kind.value
        pairs = _pairs(scope, headers, exchange)
        handler = handler_of(scope["method"], target)
        content = SentContent(receive, headers, limits=self._limits, admission=self.admission, beside=self._beside)
        call = Call(
            method=scope["method"],
            target=target,
            pairs=pairs,
            headers=headers,
            content=content,
            principal=principal,
            request_id=exchange.request_id,
        )
        try:
            reply = await self._answer(handler, call, content, reads=reads)
        finally:
            content.close()
        if self._standing is not None and reads:
            try:
                await self._standing.released(token_of(headers))
            except LhcrError:
                await self._mark_unsent(exchange)
                raise
        return reply

    async def _answer(self, handler: Handler, call: Call, content: SentContent, *, reads: bool) -> Reply:
        """Answer; once more from the start where somebody was merged since this worker looked whose record an id leads to.

        Hazard: partial shown as complete. Nothing was told of whom it led to, and nothing was written.
        """
        gate = self._services.gate
        before = gate.joined
        try:
            reply = await handler(self._services, call)
            if not reads or gate.joined == before:
                return reply
        except PersonMoved:
            if not content.is_kept:
                raise
        except LhcrError:
            if not reads or gate.joined == before:
                raise
        return await handler(self._services, call)

    async def _mark_unsent(self, exchange: "_Exchange") -> None:
        """Say in the log that an answer whose entry stands there never left, where the log can be reached."""
        if exchange.principal is not None:
            clock, request_id = self._services.clock, exchange.request_id
            entry = not_sent(exchange.principal, site=self._site, request_id=request_id, clock=clock)
            with suppress(Unavailable):
                await self._services.log.append([entry])

    def _metadata(self, scope: Scope, headers: Mapping[str, str], exchange: "_Exchange") -> Reply:
        exchange.route = Kind.METADATA.value
        return metadata(scope["method"], _pairs(scope, headers, exchange), self._statement)

    def _log_request(self, method: str, reply: Reply, exchange: "_Exchange", *, seconds: float) -> None:
        """Log the template of the route: an address may hold an id, and its query a name or number."""
        self._log.info(
            "request",
            request_id=exchange.request_id,
            method=method,
            route=exchange.route,
            status=reply.status,
            milliseconds=round(seconds * 1000, 1),
        )


@dataclass(slots=True, kw_only=True)
class _Exchange:
    """What is known of a request while it is answered, for the log and for sending."""

    request_id: str
    principal: Principal | None = None
    route: str = ""
    pretty: bool = False


def _path_below(scope: Scope, prefix: bytes) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].removeprefix(prefix)


def _pairs(scope: Scope, headers: Mapping[str, str], exchange: "_Exchange") -> tuple[Pair, ...]:
    pairs = read_pairs(scope["query_string"])
    pretty = single(pairs, "_pretty") or "false"
    if pretty not in {"true", "false"}:
        raise invalid("_pretty", "the value must be true or false")
    exchange.pretty = pretty == "true"
    require_json_accepted(headers.get("accept"), single(pairs, "_format"))
    return pairs
