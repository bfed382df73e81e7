"""Client authentication by a signed assertion (`private_key_jwt`, RFC 7523; SMART Backend Services).

The client's own registered keys are the only ones that verify, each with the one algorithm that it is for.
"""

import base64
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError

from lhcr.auth.form import Parameters
from lhcr.auth.refusal import invalid_client
from lhcr.identity.clients import Client, Clients
from lhcr.identity.compact_token import read_header
from lhcr.identity.used_assertions import use_assertion
from lhcr.kernel.clock import Clock
from lhcr.kernel.json_types import JsonObject
from lhcr.store.database import Pool

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: An assertion lives no longer than this (SMART App Launch 2.0).
LONGEST_LIFE: Final = timedelta(minutes=5)
_CLOCKS_DIFFER: Final = timedelta(seconds=10)
_TYPES: Final = frozenset({"JWT", "client-authentication+jwt"})
_HEADERS: Final = frozenset({"alg", "typ", "kid"})
_LONGEST_ID: Final = 255


class ClientAssertions:
    """`audiences`: what names this server, of which an assertion names one: its token endpoint, or itself."""

    def __init__(self, pool: Pool, *, clients: Clients, clock: Clock, audiences: frozenset[str]) -> None:
        self._pool = pool
        self._clients = clients
        self._clock = clock
        self._audiences = audiences

    async def claimed(self, form: Parameters) -> Client | None:
        """Return the client that a form says it comes from, which proves nothing."""
        client_id = form.get("client_id") or _claimed_subject(form.get("client_assertion", ""))
        return await self._clients.find(client_id)

    async def authenticate(self, client: Client | None, form: Parameters) -> Client:
        """Return the client once it has proved who it is. Raises OAuthRefusal (401 `invalid_client`), always with the same words."""
        assertion = form.get("client_assertion", "")
        if client is None or form.get("client_assertion_type") != ASSERTION_TYPE or not assertion:
            raise invalid_client()
        if form.get("client_id", client.client_id) != client.client_id:
            raise invalid_client()
        try:
            claims = self._verified(client, assertion)
            ends, assertion_id = self._require_fresh(claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise invalid_client() from error
        if not await use_assertion(self._pool, client.client_id, assertion_id, until=ends):
            raise invalid_client()
        return client

    def _verified(self, client: Client, assertion: str) -> JsonObject:
        header = read_header(assertion)
        key, algorithm = client.keys.get(str(header.get("kid")), (None, ""))
        if key is None or header.keys() != _HEADERS or header["alg"] != algorithm or not _is_kind(header["typ"]):
            raise ValueError("the assertion is of another kind, or signed with no key of the client")
        claims = jwt.decode(assertion, key, algorithms=[algorithm]).claims
        if (claims.get("iss"), claims.get("sub")) != (client.client_id, client.client_id):
            raise ValueError("the assertion is another client's")
        return claims

    def _require_fresh(self, claims: JsonObject) -> tuple[datetime, str]:
        now, ends, assertion_id = self._clock.now(), _instant(claims.get("exp")), claims.get("jti")
        if _audience(claims.get("aud")) not in self._audiences:
            raise ValueError("the assertion is for another server")
        if not now < ends <= now + LONGEST_LIFE + _CLOCKS_DIFFER:
            raise ValueError("the assertion has ended, or lives too long")
        if any(_instant(claims[name]) > now + _CLOCKS_DIFFER for name in ("iat", "nbf") if name in claims):
            raise ValueError("the assertion is not valid yet")
        if not isinstance(assertion_id, str) or not 0 < len(assertion_id) <= _LONGEST_ID:
            raise ValueError("the assertion has no id")
        return ends, assertion_id


def _is_kind(told: object) -> bool:
    return isinstance(told, str) and told in _TYPES


def _claimed_subject(assertion: str) -> str:
    """Return whom an assertion names, before anything in it is believed: it says which client's keys are tried."""
    try:
        read_header(assertion)
        segment = assertion.split(".")[1]
        told = msgspec.json.decode(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (ValueError, RecursionError):
        return ""
    subject = told.get("sub") if isinstance(told, dict) else None
    return subject if isinstance(subject, str) else ""


def _audience(told: object) -> str:
    """Return the one audience: an assertion that also another server takes could be sent on by it."""
    one = told[0] if isinstance(told, list) and len(told) == 1 else told
    return one if isinstance(one, str) else ""


def _instant(told: object) -> datetime:
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told < 2**33:
        raise ValueError("a time is missing or is none")
    return datetime.fromtimestamp(told, UTC)
