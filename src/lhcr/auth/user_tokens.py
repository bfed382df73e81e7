"""The grants by which an app gets tokens for a user: the code, and after it refresh tokens, each used once."""

from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from lhcr.auth.client_credentials import token_response
from lhcr.auth.exchange import Exchange
from lhcr.auth.granted_scopes import BESIDE, LAUNCH_PATIENT, OFFLINE, granted_scopes
from lhcr.auth.proof_key import proves
from lhcr.auth.refusal import OAuthRefusal, invalid_grant, invalid_request
from lhcr.auth.user_claims import app_claims
from lhcr.identity.clients import Client, ClientKind
from lhcr.identity.grants import Grant, Redeemed
from lhcr.identity.principal import Principal

LIFETIME: Final = timedelta(minutes=10)
_LONGEST: Final = 128
_CODE: Final = "The code is not known, was used, has ended, or was given to somebody else."
_REFRESH: Final = "The refresh token is not known, was used, has ended, or was given to somebody else."


async def authorization_code(exchange: Exchange) -> Response:
    """Answer a code with a token, and with a refresh token where that was granted."""
    client = await _app(exchange)
    redeemed = await exchange.services.grants.redeem(_secret(exchange, "code"))
    if redeemed is None:
        # Whoever shows a code a second time may have ended a grant: this worker knows it at once.
        await exchange.services.watch.look()
        raise invalid_grant(_CODE)
    exchange.about = _principal(redeemed.grant, client, exchange)
    if not _is_for(redeemed, client, exchange):
        await exchange.services.end_grant(redeemed.grant)
        raise invalid_grant(_CODE)
    scopes = tuple(redeemed.grant.claims.scopes)
    refresh = await exchange.services.grants.add_refresh(redeemed.grant) if OFFLINE in scopes else ""
    return await _answer(exchange, client, redeemed.grant, scopes=scopes, refresh=refresh)


async def refresh_token(exchange: Exchange) -> Response:
    """Answer a refresh token with a token and the next refresh token. Scopes may be fewer than were granted, never more."""
    client = await _app(exchange)
    secret = _secret(exchange, "refresh_token")
    before = await exchange.services.grants.of_refresh(secret)
    exchange.about = None if before is None else _principal(before, client, exchange)
    scopes = _scopes(exchange, before)
    found = await exchange.services.grants.refresh(secret, client_id=client.client_id)
    if found is None:
        await exchange.services.watch.look()
        raise invalid_grant(_REFRESH)
    grant, following = found
    return await _answer(exchange, client, grant, scopes=scopes or tuple(grant.claims.scopes), refresh=following)


async def _app(exchange: Exchange) -> Client:
    client = await exchange.authenticated()
    if client.kind is not ClientKind.APP:
        raise OAuthRefusal("unauthorized_client", "This client asks for itself, not for users.")
    return client


def _secret(exchange: Exchange, name: str) -> str:
    secret = exchange.form.get(name, "")
    if not 0 < len(secret) <= _LONGEST:
        raise invalid_request(f"The {name} is missing, or is none.")
    return secret


def _is_for(redeemed: Redeemed, client: Client, exchange: Exchange) -> bool:
    """Hazard: a code that was stolen. It is good for the client, the address and the proof key of its request alone."""
    return (
        redeemed.grant.client_id == client.client_id
        and redeemed.redirect_uri == exchange.form.get("redirect_uri")
        and proves(exchange.form.get("code_verifier", ""), redeemed.challenge)
    )


def _scopes(exchange: Exchange, grant: Grant | None) -> tuple[str, ...]:
    """Return the scopes that are asked for, () for all that were granted. Raises OAuthRefusal for one beyond them."""
    asked = exchange.form.get("scope")
    if grant is None or asked is None:
        return ()
    kind = grant.claims.kind
    every = ("user/*.cruds", "patient/*.cruds", *BESIDE)
    within = granted_scopes(asked, registered=grant.claims.scopes, kind=kind)
    if set(within) != set(granted_scopes(asked, registered=every, kind=kind)):
        raise OAuthRefusal("invalid_scope", "A refresh grants no more than was granted at first.")
    return within


async def _answer(
    exchange: Exchange, client: Client, grant: Grant, *, scopes: tuple[str, ...], refresh: str
) -> Response:
    tokens, lifetime = exchange.services.tokens, _lifetime(grant.ends, exchange)
    claims = app_claims(grant.claims, client=client, scopes=scopes)
    token = tokens.issue(claims, lifetime=lifetime, client=grant.client_id, grant=grant.grant_id)
    await exchange.granted(tokens.verify(token), f"{grant.client_id}: {' '.join(scopes)}")
    patient = grant.patient if LAUNCH_PATIENT in scopes else ""
    return token_response(token, lifetime=lifetime, scopes=scopes, refresh=refresh, patient=patient)


def _lifetime(ends: datetime, exchange: Exchange) -> timedelta:
    left = ends - exchange.services.clock.now()
    if left < timedelta(seconds=1):
        raise invalid_grant(_REFRESH)
    return min(LIFETIME, timedelta(seconds=int(left.total_seconds())))


def _principal(grant: Grant, client: Client, exchange: Exchange) -> Principal:
    claims = app_claims(grant.claims, client=client, scopes=tuple(grant.claims.scopes))
    return claims.principal(token_id=grant.grant_id, expires=exchange.services.clock.now() + LIFETIME)
