"""Introspection: what a client's own token is worth now (RFC 7662). Of its user it learns no more than the token itself tells it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lhcr.auth.exchange import Exchange, client_call, require_confidential
from lhcr.auth.refusal import NOT_KEPT, invalid_request
from lhcr.auth.services import AuthServices
from lhcr.identity.clients import Client
from lhcr.identity.tokens import Verified
from lhcr.kernel.errors import Unauthenticated

_TOLD: Final = ("client_id", "sub", "scope", "exp", "iat", "iss", "aud", "jti")


async def introspect(services: AuthServices, request: Request) -> Response:
    return await client_call(services, request, step="introspect", handler=_introspect)


async def _introspect(exchange: Exchange) -> Response:
    """Answer a client that proved who it is. Of a token that is not its own it learns what it learns of noise: that it is not active."""
    client = await exchange.authenticated()
    require_confidential(client)
    token = exchange.form.get("token")
    if token is None:
        raise invalid_request("The token is missing.")
    await exchange.services.watch.look()
    return JSONResponse(await _told(exchange.services, client, token), headers=NOT_KEPT)


async def _told(services: AuthServices, client: Client, token: str) -> dict[str, object]:
    known = inspected(services, token)
    if known is not None and known.payload.get("client_id") == client.client_id:
        told = {name: known.payload[name] for name in _TOLD if name in known.payload}
        acting = {"act": {"sub": client.client_id}} if known.principal.actor else {}
        return {"active": True, "token_type": "Bearer", **told, **acting}
    grant = await services.grants.of_refresh(token)
    if grant is None or grant.client_id != client.client_id:
        return {"active": False}
    told = {"client_id": client.client_id, "sub": services.tokens.subject(grant.claims, client=client.client_id)}
    scope, ends = " ".join(grant.claims.scopes), int(grant.ends.timestamp())
    return {"active": True, **told, "scope": scope, "exp": ends}


def inspected(services: AuthServices, token: str) -> Verified | None:
    """Return an access token that is accepted now."""
    try:
        return services.tokens.inspect(token)
    except Unauthenticated:
        return None
