"""Bearer tokens: JSON Web Tokens (RFC 9068) that the area signs with its own Ed25519 keys (RFC 8037, RFC 9864).

The algorithm and the type are pinned, so that a token can choose neither; the key is one of the area's own set, whatever the token says
of it; issuer, audience, times and id are checked always, and what is revoked is refused. Who the user is stands in it sealed
(`lhcr.identity.sealed_claims`): whoever holds a token reads for which client, scopes and time it is, and of whom only a name for that client.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Self

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from lhcr.identity.area_settings import is_demonstration
from lhcr.identity.claims import Claims
from lhcr.identity.compact_token import read_header
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sealed_claims import Sealed, seal, unseal
from lhcr.identity.signing_keys import ALGORITHM, KeySet, keys_made_once
from lhcr.identity.subject_name import read_subject_key, subject_name
from lhcr.identity.token_state import TokenState
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Forbidden, Issue, Unauthenticated, Unavailable
from lhcr.kernel.json_types import JsonObject
from lhcr.store.database import Pool

#: The type of an access token (RFC 9068): no other token that the same keys may sign one day can be taken for one.
_TYPE: Final = "at+jwt"
_HEADERS: Final = frozenset({"alg", "typ", "kid"})
_MOST_REMEMBERED: Final = 4_096
_LONGEST_ID: Final = 64
_CLOCKS_DIFFER: Final = timedelta(seconds=60)
#: How long a worker accepts tokens without having looked which of them are revoked.
_UNSEEN_SECONDS: Final = 10.0
LONGEST_LIFE: Final = timedelta(hours=12)
_SEALED: Final = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A token that was verified: whom it names, what it claims of them, and the ids under which it can be revoked.

    `payload` is what whoever holds the token can read of it.
    """

    principal: Principal
    claims: Claims
    payload: Mapping[str, object]
    names: frozenset[str]


class Tokens:
    """Issues and verifies for one area. Verified tokens are remembered until they end, the oldest forgotten first."""

    def __init__(
        self,
        keys: KeySet,
        *,
        issuer: str,
        audience: str,
        clock: Clock,
        demonstration: bool,
        subject_key: bytes,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self.issuer: Final = issuer
        self._audience = audience
        self._clock = clock
        self._demonstration = demonstration
        self._subject_key = subject_key
        self._monotonic = monotonic
        self._revoked: frozenset[str] = frozenset()
        self._good_until: float | None = None
        self._verified: OrderedDict[str, Verified] = OrderedDict()

    @classmethod
    async def open(cls, pool: Pool, *, issuer: str, audience: str, clock: Clock) -> Self:
        """Return the area's tokens; its keys are made where it has none. What is revoked is known once it is renewed."""
        keys, subject_key = await keys_made_once(pool, clock=clock), await read_subject_key(pool)
        made_up = await is_demonstration(pool)
        return cls(keys, issuer=issuer, audience=audience, clock=clock, demonstration=made_up, subject_key=subject_key)

    def renew(self, state: TokenState) -> None:
        """Take over the keys and what is revoked. Once this was called it must be called again within ten seconds."""
        if state.keys.kids != self._keys.kids:
            # A key that went verifies nothing any more, also not what was remembered.
            self._verified.clear()
        self._keys, self._revoked = state.keys, state.revoked
        self._good_until = self._monotonic() + _UNSEEN_SECONDS

    def issue(
        self,
        claims: Claims,
        *,
        lifetime: timedelta,
        client: str = "",
        grant: str = "",
        rests_on: Collection[str] = (),
    ) -> str:
        """Return a token, which says for which client and under which grant it was issued where there are such.

        `rests_on` are names of others with which it is revoked too.

        Raises `Forbidden` for a persona outside a demonstration, ValueError for a life past twelve hours.
        """
        if claims.persona and not self._demonstration:
            diagnostics = "Personas exist only in a demonstration, and this database is none."
            raise Forbidden([Issue(code="forbidden", error="persona-outside-demonstration", diagnostics=diagnostics)])
        if not timedelta(0) < lifetime <= LONGEST_LIFE:
            raise ValueError("a token lives for more than nothing and at most twelve hours")
        sealed = Sealed(claims=_without_scopes(claims), grant=grant, rests_on=sorted(rests_on))
        key, told = self._keys.current, self._told(claims, lifetime=lifetime, client=client)
        payload = told | {_SEALED: seal(sealed, key=key.key, token_id=told["jti"])}
        return jwt.encode({"alg": ALGORITHM, "typ": _TYPE, "kid": key.kid}, payload, key.key, algorithms=[ALGORITHM])

    def subject(self, claims: Claims, *, client: str) -> str:
        """Return the name by which a client knows a user. A system is known to itself by its own."""
        if claims.kind is PrincipalKind.SYSTEM and claims.sub == client:
            return client
        return subject_name(claims.sub, client=client, key=self._subject_key)

    def _told(self, claims: Claims, *, lifetime: timedelta, client: str) -> dict[str, Any]:
        """Return what whoever holds the token may read of it."""
        now = self._clock.now()
        told = {
            "iss": self.issuer,
            "aud": self._audience,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_urlsafe(16),
            "sub": self.subject(claims, client=client),
        }
        granted = {"client_id": client, "scope": " ".join(claims.scopes)}
        return told | {name: each for name, each in granted.items() if each}

    def verify(self, token: str) -> Principal:
        """Return who the token names.

        Raises `Unauthenticated` (401, `token-invalid`, `token-expired` or `token-revoked`), and `Unavailable` (503) where this worker
        has not known for ten seconds what is revoked.
        """
        return self.inspect(token).principal

    def inspect(self, token: str) -> Verified:
        """Return all that a token says, which is verified as `verify` does and raises the same."""
        known = self._verified.get(token)
        if known is None:
            known = self._verify(token)
            self._verified[token] = known
            if len(self._verified) > _MOST_REMEMBERED:
                self._verified.popitem(last=False)
        if known.principal.expires <= self._clock.now():
            self._verified.pop(token, None)
            raise _expired()
        if self._good_until is not None and self._monotonic() > self._good_until:
            raise _unknown_state()
        if not self._revoked.isdisjoint(known.names):
            raise _revoked()
        return known

    def public_keys(self) -> JsonObject:
        """Return the JSON Web Key Set by which others verify these tokens (RFC 7517)."""
        return self._keys.public()

    def _verify(self, token: str) -> Verified:
        try:
            key = self._key_of(read_header(token))
            return self._read(jwt.decode(token, key, algorithms=[ALGORITHM]).claims, key)
        except (JoseError, ValueError, TypeError) as error:
            raise _invalid() from error

    def _key_of(self, header: JsonObject) -> OKPKey:
        key = self._keys.find(header.get("kid"))
        if key is None or header.keys() != _HEADERS or (header["alg"], header["typ"]) != (ALGORITHM, _TYPE):
            raise ValueError("the token is of another kind, or signed by nobody here")
        return key

    def _read(self, payload: JsonObject, key: OKPKey) -> Verified:
        expires, token_id = payload.get("exp"), payload.get("jti")
        if payload.get("iss") != self.issuer or payload.get("aud") != self._audience:
            raise ValueError("the token is for another area")
        if type(expires) is not int or not 0 < expires < 2**33 or not _is_id(token_id):
            raise ValueError("the token has no expiry or no id")
        self._require_begun(payload)
        sealed = unseal(payload.get(_SEALED), key=key, token_id=str(token_id))
        claims = msgspec.structs.replace(sealed.claims, scopes=_scopes(payload))
        if claims.persona and not self._demonstration:
            raise ValueError("a persona is known only in a demonstration")
        principal = claims.principal(token_id=str(token_id), expires=datetime.fromtimestamp(expires, UTC))
        return Verified(
            principal=principal,
            claims=claims,
            payload=MappingProxyType(payload),
            names=frozenset(_names(payload, sealed)),
        )

    def _require_begun(self, payload: JsonObject) -> None:
        latest = (self._clock.now() + _CLOCKS_DIFFER).timestamp()
        for name in ("iat", "nbf"):
            begins = payload.get(name, 0)
            if type(begins) is not int or begins > latest:
                raise ValueError("the token is not valid yet")


def _names(payload: JsonObject, sealed: Sealed) -> Iterator[str]:
    """Yield the names under which a token is revoked."""
    yield str(payload["jti"])
    if sealed.grant:
        yield sealed.grant
    if "client_id" in payload:
        yield client_name(str(payload["client_id"]))
    yield from sealed.rests_on


def _without_scopes(claims: Claims) -> Claims:
    return msgspec.structs.replace(claims, scopes=[])


def _scopes(payload: JsonObject) -> list[str]:
    """Return the scopes of a token. Hazard: one without scopes does all that its bearer may, so that nothing else is read as none."""
    told = payload.get("scope")
    if told is None:
        return []
    if not isinstance(told, str) or not told.split():
        raise ValueError("the scopes of a token are words")
    return told.split()


def client_name(client_id: str) -> str:
    """Return the name under which all tokens of a client are revoked; no id of a token or grant has a colon in it."""
    return f"client:{client_id}"


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _invalid() -> Unauthenticated:
    diagnostics = "The bearer token is not one that this area accepts. Sign in again."
    return Unauthenticated([Issue(code="login", error="token-invalid", diagnostics=diagnostics)])


def _expired() -> Unauthenticated:
    diagnostics = "The bearer token has ended. Sign in again."
    return Unauthenticated([Issue(code="expired", error="token-expired", diagnostics=diagnostics)])


def _revoked() -> Unauthenticated:
    diagnostics = "The bearer token was revoked. Sign in again."
    return Unauthenticated([Issue(code="login", error="token-revoked", diagnostics=diagnostics)])


def _unknown_state() -> Unavailable:
    diagnostics = "Which tokens are revoked cannot be read now, so none is accepted. Send the same again in a moment."
    return Unavailable([Issue(code="transient", error="token-state-unavailable", diagnostics=diagnostics)])
