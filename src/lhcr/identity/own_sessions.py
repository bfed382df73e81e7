"""A user's own sessions: where they are signed in now, and the ending of one of them, or of all but one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from lhcr.identity.claims import Claims
from lhcr.identity.grants import end_with_session
from lhcr.identity.sessions import session_name
from lhcr.kernel.clock import Clock
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

#: Whoever ends another session has proved so recently who they are. Hazard: somebody at a screen that was left signed in.
RECENT: Final = timedelta(minutes=10)
_SQL: Final = load_statements("lhcr.identity", "own_sessions.sql")
_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """`name` opens nothing; `began` and `used` are when it began and was used last. `proved` is None where no provider was asked."""

    name: str
    role: str
    organisation: str
    device: str
    began: datetime
    used: datetime
    service: str
    proved: datetime | None

    def is_recent(self, *, now: datetime) -> bool:
        """Whether whoever it is has proved just now who they are; a persona has nothing to prove."""
        return self.proved is None or self.proved >= now - RECENT


class OwnSessions:
    def __init__(self, pool: Pool, *, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def all(self, user_id: str) -> tuple[OwnSession, ...]:
        """Return the sessions of a user that stand, those used last first."""
        rows = await self._pool.fetch(_SQL["of_user"], user_id, self._clock.now(), _MOST)
        return tuple(
            OwnSession(
                name=session_name(row["id_digest"]),
                role=claims.role_name,
                organisation=claims.organisation,
                device=row["device"],
                began=row["began"],
                used=row["used"],
                service=row["service"],
                proved=row["proved"],
            )
            for row in rows
            for claims in (msgspec.json.decode(row["claims"], type=Claims),)
        )

    async def end(self, user_id: str, names: Collection[str]) -> int:
        """End those of some sessions that are this user's, with what apps were let do in them; return how many. Nobody else's is found."""
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_SQL["end"], user_id, [*names])
            for row in rows:
                await end_with_session(connection, session_name(row["id_digest"]), now=self._clock.now())
        return len(rows)
