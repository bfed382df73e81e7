"""The alarm: one entry of the log in a minute, for all workers together, that says that tokens or clients are refused so often that it is slowed.

Hazards: an attack of which nobody learns, and a log that a stranger fills.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from lhcr.auth.journal import Journal
from lhcr.identity.used_assertions import use_assertion
from lhcr.store.database import Pool

#: No client has such an id, so that no assertion of a client's is taken for one of these.
_NAME = "lhcr:slowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    pool: Pool
    journal: Journal

    async def ring(self, where: str) -> None:
        """Say that refusals are slowed, unless somebody said it in this minute. `where` is one of few words."""
        minute = self.journal.clock.now().replace(second=0, microsecond=0)
        # What is used once among all workers is just what the ids of assertions are.
        if await use_assertion(self.pool, _NAME, f"{where} {minute.isoformat()}", until=minute + timedelta(minutes=2)):
            structlog.get_logger("lhcr.auth").warning("refused tokens slowed", where=where)
            await self.journal.slowed(where)
