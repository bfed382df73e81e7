"""Sessions of the portal, kept on the server: the browser holds a random id, the database only its digest.

A session ends after 15 minutes without use and after 12 hours in any case. Signing in always makes a new id, so that an id
that somebody planted before is worth nothing after.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec

from lhcr.identity.area_settings import is_demonstration
from lhcr.identity.claims import Claims
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "sessions.sql")
IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=12)
# Use is written down at most twice a minute: a page of many requests costs one write. It is never written later than it was.
_USE_WRITTEN_EVERY: Final = timedelta(seconds=30)
_LONGEST_ID: Final = 128


class Sessions:
    def __init__(self, pool: Pool, *, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def begin(self, claims: Claims, *, replacing: str | None = None) -> str:
        """Return the id of a new session; the session that it replaces, if any, has ended."""
        if replacing is not None:
            await self.end(replacing)
        if claims.persona and not await is_demonstration(self._pool):
            raise ValueError("a persona signs in only to a demonstration")
        session_id = secrets.token_urlsafe(32)
        await self._pool.execute(_SQL["begin"], _digest(session_id), msgspec.json.encode(claims), self._clock.now())
        return session_id

    async def find(self, session_id: str) -> Principal | None:
        """Return who is signed in under an id, or None where the session is unknown or has ended."""
        if len(session_id) > _LONGEST_ID:
            return None
        digest, now = _digest(session_id), self._clock.now()
        row = await self._pool.fetchrow(_SQL["find"], digest, now - IDLE, now - LONGEST)
        if row is None:
            return None
        if row["used"] <= now - _USE_WRITTEN_EVERY:
            await self._pool.execute(_SQL["use"], digest, now)
        return self._principal(row["claims"], digest, began=row["began"])

    async def end(self, session_id: str) -> None:
        await self._pool.execute(_SQL["end"], _digest(session_id))

    async def sweep(self) -> None:
        """Remove sessions that have ended."""
        now = self._clock.now()
        await self._pool.execute(_SQL["sweep"], now - IDLE, now - LONGEST)

    def _principal(self, claims: bytes, digest: bytes, *, began: datetime) -> Principal | None:
        try:
            told = msgspec.json.decode(claims, type=Claims)
            return told.principal(token_id=f"session-{digest.hex()[:16]}", expires=began + LONGEST)
        except ValueError:
            # A session from before an upgrade that no longer knows what it claims: sign in again.
            return None


def _digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode("utf-8", "replace")).digest()
