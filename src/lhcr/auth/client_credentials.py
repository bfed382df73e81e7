"""The grant of client credentials (RFC 6749 4.4, SMART Backend Services): a system asks for itself."""

from datetime import timedelta
from typing import Final

from starlette.responses import JSONResponse, Response

from lhcr.auth.client_principal import client_claims
from lhcr.auth.exchange import Exchange
from lhcr.auth.granted_scopes import granted_scopes
from lhcr.auth.refusal import NOT_KEPT, OAuthRefusal
from lhcr.identity.clients import ClientKind
from lhcr.identity.principal import PrincipalKind

#: SMART Backend Services asks for no more than five minutes.
LIFETIME: Final = timedelta(minutes=5)


async def client_credentials(exchange: Exchange) -> Response:
    """Answer with a token of the system. It never reads what others contributed: the gate says so of every system."""
    client = await exchange.services.assertions.authenticate(exchange.claimed, exchange.form)
    if client.kind is not ClientKind.SYSTEM:
        raise OAuthRefusal("unauthorized_client", "This client asks for users, not for itself.")
    scopes = granted_scopes(exchange.form.get("scope", ""), registered=client.scopes, kind=PrincipalKind.SYSTEM)
    tokens = exchange.services.tokens
    token = tokens.issue(client_claims(client, scopes=scopes), lifetime=LIFETIME, client=client.client_id)
    await exchange.granted(tokens.verify(token), f"{client.client_id}: {' '.join(scopes)}")
    return token_response(token, lifetime=LIFETIME, scopes=scopes)


def token_response(
    token: str, *, lifetime: timedelta, scopes: tuple[str, ...], refresh: str = "", patient: str = "", issued: str = ""
) -> Response:
    """`patient` is the id of the Patient in whose record an app is launched, `issued` the type of a token that came of an exchange."""
    told: dict[str, object] = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(lifetime.total_seconds()),
        "scope": " ".join(scopes),
    }
    more = {"refresh_token": refresh, "patient": patient, "issued_token_type": issued}
    return JSONResponse(told | {name: value for name, value in more.items() if value}, headers=NOT_KEPT)
