"""Revocation: a client gives back a token of its own (RFC 7009). Hazard: whoever lost a telephone reads on until its token ends.

This worker refuses the token with its next request, every other within a second (`lhcr.identity.token_state`).
"""

from starlette.requests import Request
from starlette.responses import Response

from lhcr.auth.client_principal import client_principal
from lhcr.auth.exchange import Exchange, client_call
from lhcr.auth.introspection import inspected
from lhcr.auth.refusal import NOT_KEPT, OAuthRefusal, invalid_request
from lhcr.auth.services import AuthServices
from lhcr.identity.clients import Client
from lhcr.identity.tokens import Verified


async def revoke(services: AuthServices, request: Request) -> Response:
    return await client_call(services, request, step="revoke", handler=_revoke)


async def _revoke(exchange: Exchange) -> Response:
    """Answer 200 also where there is no such token: then it is good for nothing already (RFC 7009 2.2)."""
    client = await exchange.authenticated()
    token = exchange.form.get("token")
    if token is None:
        raise invalid_request("The token is missing.")
    known = inspected(exchange.services, token)
    await (_end_grant(exchange, client, token) if known is None else _end_token(exchange, client, known))
    return Response(headers=NOT_KEPT)


async def _end_token(exchange: Exchange, client: Client, known: Verified) -> None:
    _require_own(known.payload.get("client_id"), client)
    await exchange.granted(known.principal, f"{client.client_id}: access token")
    await exchange.services.end_token(known)


async def _end_grant(exchange: Exchange, client: Client, token: str) -> None:
    """End the grant of a refresh token, with every access token that it gave."""
    grant = await exchange.services.grants.of_refresh(token)
    if grant is not None:
        _require_own(grant.client_id, client)
        await exchange.granted(client_principal(client, exchange.services.clock), f"{client.client_id}: refresh token")
        await exchange.services.end_grant(grant)


def _require_own(client_id: object, client: Client) -> None:
    if client_id != client.client_id:
        raise OAuthRefusal("unauthorized_client", "The token was not given to this client.")
