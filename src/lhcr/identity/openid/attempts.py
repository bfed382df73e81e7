"""Sign-ins that have begun and are led to a provider: each is finished at most once, within minutes, by the browser that began it.

The browser keeps one secret, from which the proof key (RFC 7636) and the nonce of each attempt are made, so that neither stands in the
database. Hazard: a code of somebody else's that is slipped to a browser signs it in as them; only the browser that began can end.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from lhcr.identity.openid.provider import Service
from lhcr.kernel.clock import Clock
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

LIFE: Final = timedelta(minutes=10)
_SQL: Final = load_statements("lhcr.identity.openid", "attempts.sql")
_LONGEST: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`state` goes to the provider and comes back, `secret` stays with the browser."""

    state: str
    secret: str

    @property
    def verifier(self) -> str:
        return self._made("verifier")

    @property
    def nonce(self) -> str:
        return self._made("nonce")

    @property
    def challenge(self) -> str:
        return _encoded(hashlib.sha256(self.verifier.encode()).digest())

    def _made(self, what: str) -> str:
        return _encoded(hmac.digest(self.secret.encode(), f"{what}:{self.state}".encode(), "sha256"))

    def __repr__(self) -> str:
        return "Attempt()"


class Attempts:
    def __init__(self, pool: Pool, *, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def begin(self, service: Service, *, return_path: str) -> Attempt:
        attempt = Attempt(state=secrets.token_urlsafe(32), secret=secrets.token_urlsafe(32))
        digests = (digest(attempt.state), digest(attempt.secret))
        await self._pool.execute(_SQL["begin"], *digests, service.value, return_path, self._clock.now() + LIFE)
        return attempt

    async def finish(self, service: Service, *, state: str, secret: str) -> tuple[Attempt, str] | None:
        """Return an attempt and where it leads back to, which ends it; None for one that is over, another's, or of another service."""
        if not 0 < len(state) <= _LONGEST or not 0 < len(secret) <= _LONGEST:
            return None
        found = await self._pool.fetchval(
            _SQL["finish"], digest(state), digest(secret), service.value, self._clock.now()
        )
        return None if found is None else (Attempt(state=state, secret=secret), found)

    async def sweep(self) -> None:
        """Remove what was begun and never finished."""
        await self._pool.execute(_SQL["sweep"], self._clock.now())


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _encoded(made: bytes) -> str:
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
