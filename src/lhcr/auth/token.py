"""The token endpoint: which grant answers which request (RFC 6749 3.2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from lhcr.auth.client_credentials import client_credentials
from lhcr.auth.exchange import Exchange, Handler, client_call
from lhcr.auth.refusal import OAuthRefusal, invalid_request
from lhcr.auth.services import AuthServices
from lhcr.auth.token_exchange import GRANT as TOKEN_EXCHANGE
from lhcr.auth.token_exchange import token_exchange
from lhcr.auth.user_tokens import authorization_code, refresh_token

GRANTS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "client_credentials": client_credentials,
        "authorization_code": authorization_code,
        "refresh_token": refresh_token,
        TOKEN_EXCHANGE: token_exchange,
    }
)


async def token(services: AuthServices, request: Request) -> Response:
    return await client_call(services, request, step="token", handler=_by_grant)


async def _by_grant(exchange: Exchange) -> Response:
    grant = exchange.form.get("grant_type")
    if grant is None:
        raise invalid_request("grant_type is missing.")
    if grant not in GRANTS:
        raise OAuthRefusal("unsupported_grant_type", f"A grant_type is one of {', '.join(GRANTS)}.")
    return await GRANTS[grant](exchange)
