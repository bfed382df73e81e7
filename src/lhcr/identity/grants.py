"""Grants: what a person let an app do for them, the code that proves it once, and the refresh tokens that keep it going.

Codes and refresh tokens are random and used once. Whatever is shown a second time, or by another than it was given to, was stolen from
somebody: the grant ends, with every token that came of it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import msgspec

from lhcr.identity.claims import Claims
from lhcr.identity.token_state import revoke
from lhcr.kernel.clock import Clock
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "grants.sql")
CODE_LIFE: Final = timedelta(seconds=60)
_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """`claims` are the user's, with the scopes that were granted. `ends` is when nobody signed in for it any more.

    `patient` is the id of the Patient in whose record the app is launched, "" where it is in none. `session` is the name of the portal's
    session with which the grant ends when somebody signs out, "" where they let the app go on without one.
    """

    grant_id: str
    client_id: str
    claims: Claims
    ends: datetime
    patient: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGrant:
    """A grant as the user who gave it sees it."""

    grant: Grant
    app: str
    begun: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """A code that was shown for the first time, and what it was given for."""

    grant: Grant
    redirect_uri: str
    challenge: str


class Grants:
    def __init__(self, pool: Pool, *, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def begin(self, grant: Grant, *, redirect_uri: str, challenge: str) -> str | None:
        """Keep a new grant and return its code, which is good for a minute; None where the session has ended with which it would end.

        Hazard: an app that goes on, because somebody signed out while they allowed it.
        """
        code = _new_secret()
        claims, ends = msgspec.json.encode(grant.claims), self._clock.now() + CODE_LIFE
        async with self._pool.acquire() as connection, connection.transaction():
            if grant.session and not await _outlasts(connection, grant.session):
                return None
            whose = grant.claims.sub, self._clock.now(), grant.session
            await connection.execute(
                _SQL["add_grant"], grant.grant_id, grant.client_id, claims, grant.ends, grant.patient, *whose
            )
            await connection.execute(
                _SQL["add_code"], _digest(code), grant.grant_id, grant.client_id, redirect_uri, challenge, ends
            )
        return code

    async def redeem(self, code: str) -> Redeemed | None:
        """Use a code up. Of those who show it at once exactly one gets its grant; whoever else shows it ends the grant."""
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow(_SQL["use_code"], _digest(code), self._clock.now())
        if row is None:
            await self._end_of_stolen("used_code", code)
            return None
        return Redeemed(grant=_grant(row), redirect_uri=row["redirect_uri"], challenge=row["challenge"])

    async def add_refresh(self, grant: Grant) -> str:
        """Return a refresh token of a grant, which ends with it."""
        return await self._add_refresh(self._pool, grant)

    async def refresh(self, token: str, *, client_id: str) -> tuple[Grant, str] | None:
        """Use a refresh token up and return its grant with the next. One that was used before, or is another's, ends its grant."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_SQL["use_refresh"], _digest(token), self._clock.now(), client_id)
            if row is not None:
                return _grant(row), await self._add_refresh(connection, _grant(row))
        await self._end_of_stolen("used_refresh", token, client_id)
        return None

    async def of_refresh(self, token: str) -> Grant | None:
        """Return the grant of a refresh token that could be used now."""
        row = await self._pool.fetchrow(_SQL["find_refresh"], _digest(token), self._clock.now())
        return None if row is None else _grant(row)

    async def of_user(self, user_id: str) -> list[OwnGrant]:
        """Return the grants that a user gave and that could be used now, the newest first, 200 at most."""
        rows = await self._pool.fetch(_SQL["of_user"], user_id, self._clock.now())
        return [OwnGrant(grant=_grant(row), app=row["client_name"], begun=row["begun"]) for row in rows]

    async def end(self, grant_id: str, *, ends: datetime) -> None:
        """End a grant: nothing that came of it is good for anything any more."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_SQL["revoke"], grant_id, self._clock.now())
            await revoke(connection, [grant_id], until=ends + _AFTER)

    async def _end_of_stolen(self, statement: str, secret: str, *which: str) -> None:
        row = await self._pool.fetchrow(_SQL[statement], _digest(secret), *which)
        if row is not None:
            await self.end(row["grant_id"], ends=row["ends"])

    async def _add_refresh(self, source: Connection | Pool, grant: Grant) -> str:
        token = _new_secret()
        await source.execute(_SQL["add_refresh"], _digest(token), grant.grant_id, grant.client_id, grant.ends)
        return token


async def end_of_session(pool: Pool, session: str, *, now: datetime) -> None:
    """End every grant that ends with a session of the portal, by the session's name. The session itself has ended before."""
    async with pool.acquire() as connection, connection.transaction():
        await end_with_session(connection, session, now=now)


async def end_with_session(connection: Connection, session: str, *, now: datetime) -> None:
    """The same, in the transaction in which the session ends."""
    await connection.execute(_SQL["lock_session"], session)
    await connection.execute(_SQL["end_of_session"], session, now)


async def _outlasts(connection: Connection, session: str) -> bool:
    """Return whether a session has not ended; what is kept in this transaction is seen by `end_of_session`, which waits for it."""
    await connection.execute(_SQL["lock_session"], session)
    return bool(await connection.fetchval(_SQL["has_session"], session))


def new_grant_id() -> str:
    return secrets.token_urlsafe(16)


def _grant(row: asyncpg.Record) -> Grant:
    claims = msgspec.json.decode(row["claims"], type=Claims)
    return Grant(
        grant_id=row["grant_id"],
        client_id=row["client_id"],
        claims=claims,
        ends=row["grant_ends"],
        patient=row["patient"],
        session=row["session"],
    )


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
