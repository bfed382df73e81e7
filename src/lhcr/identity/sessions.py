"""Sessions of the portal, kept on the server: the browser holds a random id, the database only its digest.

A session ends after some time without use and after some time in any case, both by how somebody signed in (`limits_of`); the latter is
counted from when they proved who they are, which a provider may have been told long before they came here. Signing in
always makes a new id, and so does a change of role, so that an id that somebody planted before is worth nothing after.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import asyncpg
import msgspec

from lhcr.identity.area_settings import is_demonstration
from lhcr.identity.claims import Claims
from lhcr.identity.grants import end_of_session
from lhcr.identity.principal import Principal
from lhcr.identity.proof_of_identity import NO_PROOF, ProofOfIdentity
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.clock import Clock
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "sessions.sql")
IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=12)
# Use is written down at most twice a minute: a page of many requests costs one write. It is never written later than it was.
_USE_WRITTEN_EVERY: Final = timedelta(seconds=30)
_LONGEST_ID: Final = 128
_ROLES: Final = msgspec.json.Decoder(list[Claims])


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts without use, and in any case."""

    idle: timedelta
    longest: timedelta


_LIMITS: Final[Mapping[SignIn, Limits]] = MappingProxyType(
    {
        # A shift, at a desk that is left in a hurry.
        SignIn.CIS2_AAL3: Limits(IDLE, LONGEST),
        SignIn.CIS2_AAL2: Limits(IDLE, LONGEST),
        # One look at one's own record, maybe on a device that a family shares.
        SignIn.NHS_LOGIN_P9: Limits(timedelta(minutes=10), timedelta(hours=2)),
        SignIn.PERSONA: Limits(IDLE, LONGEST),
    }
)


def limits_of(claims: Claims) -> Limits:
    way = claims.sign_in or (SignIn.PERSONA if claims.persona else SignIn.NOT_TOLD)
    return _LIMITS.get(way, Limits(IDLE, LONGEST))


def ends_of(claims: Claims, *, began: datetime, proof: ProofOfIdentity) -> datetime:
    """Return when a session ends in any case. Hazard: one that was begun at the provider's end of day lasts through the next."""
    return min(began, proof.proved or began) + limits_of(claims).longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The roles among which somebody who is signed in can change, and the one in which they work now."""

    all: Sequence[Claims]
    now: Claims


class Sessions:
    def __init__(self, pool: Pool, *, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def begin(
        self,
        claims: Claims,
        *,
        replacing: str | None = None,
        roles: Sequence[Claims] = (),
        since: datetime | None = None,
        proof: ProofOfIdentity = NO_PROOF,
    ) -> str:
        """Return the id of a new session; the session that it replaces, if any, has ended.

        `since` is when whoever it is signed in, where that was before: a change of role makes nothing longer.
        """
        if replacing is not None:
            await self.end(replacing)
        if claims.persona and not await is_demonstration(self._pool):
            raise ValueError("a persona signs in only to a demonstration")
        session_id, now = secrets.token_urlsafe(32), self._clock.now()
        began = since or now
        times = began, now, ends_of(claims, began=began, proof=proof), limits_of(claims).idle
        encoded = msgspec.json.encode(claims), msgspec.json.encode(roles) if roles else None
        rests_on = proof.service, proof.provider_session, proof.proved, proof.device
        await self._pool.execute(
            _SQL["begin"], _digest(session_id), encoded[0], *times, encoded[1], claims.sub, *rests_on
        )
        return session_id

    async def find(self, session_id: str) -> Principal | None:
        """Return who is signed in under an id, or None where the session is unknown or has ended."""
        if len(session_id) > _LONGEST_ID:
            return None
        digest, now = _digest(session_id), self._clock.now()
        row = await self._pool.fetchrow(_SQL["find"], digest, now)
        if row is None:
            return None
        if row["used"] <= now - _USE_WRITTEN_EVERY:
            await self._pool.execute(_SQL["use"], digest, now)
        return self._principal(row["claims"], digest, ends=row["ends"])

    async def roles(self, session_id: str) -> Roles | None:
        """Return the roles among which a session can change; None where there is nothing to choose."""
        if len(session_id) > _LONGEST_ID:
            return None
        row = await self._pool.fetchrow(_SQL["roles"], _digest(session_id), self._clock.now())
        if row is None or row["roles"] is None:
            return None
        return Roles(all=_ROLES.decode(row["roles"]), now=msgspec.json.decode(row["claims"], type=Claims))

    async def change_role(self, session_id: str, chosen: int) -> str | None:
        """Return the id of a session in another of a session's roles, which it replaces; None where it has ended or has no such role.

        Of two changes at once exactly one happens, so that one sign-in never becomes two sessions.
        """
        found = await self.roles(session_id)
        if found is None or not 0 <= chosen < len(found.all):
            return None
        ended = await self._pool.fetchrow(_SQL["end_for_another"], _digest(session_id), self._clock.now())
        if ended is None:
            return None
        await end_of_session(self._pool, session_name(_digest(session_id)), now=self._clock.now())
        return await self.begin(found.all[chosen], roles=found.all, since=ended["began"], proof=proof_of(ended))

    async def end(self, session_id: str) -> None:
        """End a session, and what apps were let do as long as it lasts."""
        digest = _digest(session_id)
        await self._pool.execute(_SQL["end"], digest)
        await end_of_session(self._pool, session_name(digest), now=self._clock.now())

    async def sweep(self) -> None:
        """Remove sessions that have ended."""
        await self._pool.execute(_SQL["sweep"], self._clock.now())

    def _principal(self, claims: bytes, digest: bytes, *, ends: datetime) -> Principal | None:
        try:
            told = msgspec.json.decode(claims, type=Claims)
            return told.principal(token_id=session_name(digest), expires=ends)
        except ValueError:
            # A session from before an upgrade that no longer knows what it claims: sign in again.
            return None


def session_name(digest: bytes) -> str:
    """Return the name of a session in the log and in what rests on it, which opens nothing."""
    return f"session-{digest.hex()[:16]}"


def name_of(session_id: str) -> str:
    """Return the name of a session by its id."""
    return session_name(_digest(session_id))


def proof_of(row: asyncpg.Record) -> ProofOfIdentity:
    return ProofOfIdentity(
        service=row["service"], provider_session=row["provider_session"], proved=row["proved"], device=row["device"]
    )


def _digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode("utf-8", "replace")).digest()
