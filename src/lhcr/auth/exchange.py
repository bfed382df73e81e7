"""One request to an endpoint of the authorization server that clients call, and how it ends: answered, or refused and written down."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lhcr.auth.attempts import SLOWED_SECONDS, slow_down
from lhcr.auth.client_principal import client_principal
from lhcr.auth.form import Parameters, read_form
from lhcr.auth.refusal import OAuthRefusal, invalid_client, refusal_response
from lhcr.auth.services import AuthServices
from lhcr.identity.clients import Client
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Unavailable
from lhcr.store.outages import is_outage

_LOG = "lhcr.auth"
_LONGEST_REQUEST_ID = 64
_UNAVAILABLE = OAuthRefusal(
    "temporarily_unavailable", "The server cannot answer now. Send the same again in a moment.", status=503
)
_FAULT = OAuthRefusal("server_error", "Something failed here that should not have.", status=500)


@dataclass(slots=True, kw_only=True)
class Exchange:
    """`step` is what the log calls the request; `claimed` is the client that it says it comes from, which proves nothing yet.

    `about` is the user for whom a client asks, once it is known.
    """

    services: AuthServices
    form: Parameters
    step: str
    request_id: str
    claimed: Client | None = None
    about: Principal | None = None

    async def authenticated(self) -> Client:
        """Return the client that asks: one with keys has proved it, one that can keep no secret is named. Raises OAuthRefusal."""
        client = self.claimed
        if client is not None and not client.confidential and "client_assertion" not in self.form:
            return client
        return await self.services.assertions.authenticate(client, self.form)

    async def granted(self, principal: Principal, what: str) -> None:
        """Write down what is granted, before it is."""
        await self.services.journal.granted(principal, what, step=self.step, request_id=self.request_id)

    async def refused(self, refusal: OAuthRefusal) -> None:
        who = self.about or (client_principal(self.claimed, self.services.clock) if self.claimed else None)
        if who is not None:
            what = f"client {self.claimed.client_id}" if self.claimed else ""
            await self.services.journal.refused(
                who, what, step=self.step, request_id=self.request_id, error=refusal.error
            )


Handler: TypeAlias = Callable[[Exchange], Awaitable[Response]]


async def client_call(services: AuthServices, request: Request, *, step: str, handler: Handler) -> Response:
    """Answer a request of a client by its handler; whatever goes wrong is told in OAuth's words, without a trace."""
    try:
        return await _answered(services, request, step=step, handler=handler)
    except OAuthRefusal as refusal:
        return refusal_response(refusal)
    except Exception as error:  # noqa: BLE001 - no defect may reach a caller as a stack trace.
        return _failure(error, step=step)


async def _answered(services: AuthServices, request: Request, *, step: str, handler: Handler) -> Response:
    form = await read_form(request)
    address = request.client.host if request.client else ""
    claimed = await services.assertions.claimed(form)
    exchange = Exchange(services=services, form=form, step=step, request_id=request_id_of(request), claimed=claimed)
    try:
        return await handler(exchange)
    except OAuthRefusal as refusal:
        if services.attempts.failed(address, claimed.client_id if claimed else ""):
            await services.alarm.ring("auth")
            await asyncio.sleep(SLOWED_SECONDS)
            raise slow_down() from refusal
        await exchange.refused(refusal)
        raise


def request_id_of(request: Request) -> str:
    told = request.headers.get("x-request-id", "")
    return told if told.isascii() and told.isprintable() and len(told) <= _LONGEST_REQUEST_ID else ""


def require_confidential(client: Client) -> None:
    """Raise OAuthRefusal where a client proves who it is by nothing but its name."""
    if not client.confidential:
        raise invalid_client()


def _failure(error: Exception, *, step: str) -> JSONResponse:
    """Say that it failed. Hazard: secrets in logs, so neither the message nor a value of an exception is written."""
    away = isinstance(error, Unavailable) or is_outage(error)
    frames = [f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(error.__traceback__)]
    structlog.get_logger(_LOG).error("request-failed", step=step, error=type(error).__name__, frames=frames)
    return refusal_response(_UNAVAILABLE if away else _FAULT)
