"""Bearer tokens: JSON Web Tokens (RFC 7519) that the area signs with its own Ed25519 key (RFC 8037, RFC 9864).

The algorithm is pinned, so that a token cannot choose a weaker one; issuer, audience, expiry and id are checked always.
"""

import json
import secrets
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from lhcr.identity.area_settings import TOKEN_KEY, is_demonstration, setting_made_once
from lhcr.identity.claims import Claims, read_claims
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Forbidden, Issue, Unauthenticated
from lhcr.kernel.json_types import JsonObject
from lhcr.store.database import Pool

_ALGORITHM: Final = "Ed25519"
_LONGEST_TOKEN: Final = 8_192
_MOST_REMEMBERED: Final = 4_096
_LONGEST_ID: Final = 64
LONGEST_LIFE: Final = timedelta(hours=12)


class Tokens:
    """Issues and verifies for one area. Verified tokens are remembered until they end, the oldest forgotten first."""

    def __init__(self, key: OKPKey, *, issuer: str, audience: str, clock: Clock, demonstration: bool) -> None:
        self._key = key
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._demonstration = demonstration
        self._verified: OrderedDict[str, Principal] = OrderedDict()

    @classmethod
    async def open(cls, pool: Pool, *, issuer: str, audience: str, clock: Clock) -> Self:
        """Return the area's tokens; its key is made where it has none."""
        stored = await setting_made_once(pool, TOKEN_KEY, make=_new_key)
        key = OKPKey.import_key(json.loads(stored))
        demonstration = await is_demonstration(pool)
        return cls(key, issuer=issuer, audience=audience, clock=clock, demonstration=demonstration)

    def issue(self, claims: Claims, *, lifetime: timedelta) -> str:
        """Return a token. Raises `Forbidden` for a persona outside a demonstration, ValueError for a life past twelve hours."""
        if claims.persona and not self._demonstration:
            diagnostics = "Personas exist only in a demonstration, and this database is none."
            raise Forbidden([Issue(code="forbidden", error="persona-outside-demonstration", diagnostics=diagnostics)])
        if not timedelta(0) < lifetime <= LONGEST_LIFE:
            raise ValueError("a token lives for more than nothing and at most twelve hours")
        now = self._clock.now()
        registered = {
            "iss": self._issuer,
            "aud": self._audience,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_urlsafe(16),
        }
        payload = {**msgspec.to_builtins(claims), **registered}
        return jwt.encode({"alg": _ALGORITHM, "typ": "JWT"}, payload, self._key, algorithms=[_ALGORITHM])

    def verify(self, token: str) -> Principal:
        """Return who the token names. Raises `Unauthenticated` (401, `token-invalid` or `token-expired`)."""
        known = self._verified.get(token)
        if known is None:
            known = self._verify(token)
            self._verified[token] = known
            if len(self._verified) > _MOST_REMEMBERED:
                self._verified.popitem(last=False)
        if known.expires <= self._clock.now():
            self._verified.pop(token, None)
            raise _expired()
        return known

    def public_keys(self) -> JsonObject:
        """Return the JSON Web Key Set by which others verify these tokens (RFC 7517)."""
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "alg": _ALGORITHM, "use": "sig", "kid": self._key.thumbprint()}]}

    def _verify(self, token: str) -> Principal:
        if len(token) > _LONGEST_TOKEN:
            raise _invalid()
        try:
            return self._principal(jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims)
        except (JoseError, ValueError) as error:
            raise _invalid() from error

    def _principal(self, payload: JsonObject) -> Principal:
        expires, token_id = payload.get("exp"), payload.get("jti")
        if payload.get("iss") != self._issuer or payload.get("aud") != self._audience:
            raise ValueError("the token is for another area")
        if type(expires) is not int or not 0 < expires < 2**33 or not _is_id(token_id):
            raise ValueError("the token has no expiry or no id")
        claims = read_claims(payload)
        if claims.persona and not self._demonstration:
            raise ValueError("a persona is known only in a demonstration")
        return claims.principal(token_id=str(token_id), expires=datetime.fromtimestamp(expires, UTC))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _new_key() -> bytes:
    return json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)).encode()


def _invalid() -> Unauthenticated:
    diagnostics = "The bearer token is not one that this area accepts. Sign in again."
    return Unauthenticated([Issue(code="login", error="token-invalid", diagnostics=diagnostics)])


def _expired() -> Unauthenticated:
    diagnostics = "The bearer token has ended. Sign in again."
    return Unauthenticated([Issue(code="expired", error="token-expired", diagnostics=diagnostics)])
