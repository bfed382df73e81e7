"""The forgetting of closed cases: when their time is over they lose what was said in them, and keep that they were, and what came of them.

What the log says of a case goes when the log's own texts go; its proofs stay.
"""

from datetime import timedelta
from typing import Final

from lhcr.access.policy import Policy
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.office.automatic import checks_of
from lhcr.office.case_log import CaseLog
from lhcr.office.privacy_case import StepKind
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.office", "forgetting.sql")
_MOST: Final = 500


class Forgetting:
    """Forgets for one worker; several at once forget nothing twice."""

    def __init__(self, pool: Pool, *, cases: CaseLog, policy: Policy, clock: Clock) -> None:
        self._pool = pool
        self._cases = cases
        self._policy = policy
        self._clock = clock

    async def run(self) -> int:
        """Forget what is due, with an entry of the log for each organisation, and return how many cases it was."""
        now = self._clock.now()
        before = now - timedelta(days=self._policy.file.office.closed_case_days)
        rows = await self._pool.fetch(_SQL["due"], before)
        return sum(
            [await self._forget(checks_of(row["organisation"], row["name"], now=now), row["cases"]) for row in rows]
        )

    async def _forget(self, checks: Principal, due: int) -> int:
        now = self._clock.now()
        before = now - timedelta(days=self._policy.file.office.closed_case_days)
        most = min(due, _MOST)
        entry = self._cases.entry(checks, StepKind.FORGOTTEN, {"cases": f"{most} at most"}, now=now, words="")
        forgotten = 0

        async def work(connection: Connection) -> None:
            nonlocal forgotten
            forgotten = len(await connection.fetch(_SQL["forget"], checks.organisation, before, now, most))

        await self._cases.together(entry, work)
        return forgotten
