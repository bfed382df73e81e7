"""The watch of the privacy office: one worker at a time scans the log and checks what is noted, again and again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from lhcr.access.policy import Policy
from lhcr.audit.log import AuditLog
from lhcr.audit.reader import LogReader
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Interrupted, Unavailable
from lhcr.kernel.ids import Ids
from lhcr.office.case_log import CaseLog
from lhcr.office.checks import Checked, Checks
from lhcr.office.forgetting import Forgetting
from lhcr.office.scan import Scan, Scanned, kin_of
from lhcr.store.background import in_background
from lhcr.store.database import Pool
from lhcr.store.outages import OUTAGES

_LOG: Final = logging.getLogger(__name__)
_INTERRUPTIONS: Final[tuple[type[Exception], ...]] = (Interrupted, Unavailable, *OUTAGES)
#: Held by whoever checks. The number spells lhcroffi.
WATCH_LOCK: Final = 0x6C6863726F666669
_EVERY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """`forgotten`: so many closed cases lost their words."""

    scanned: Scanned
    checked: Checked
    forgotten: int = 0


class OfficeWatch:
    def __init__(
        self,
        pool: Pool,
        *,
        scan: Scan,
        checks: Checks,
        forgetting: Forgetting | None = None,
        every_seconds: float = _EVERY_SECONDS,
    ) -> None:
        self._forgetting = forgetting
        self._pool = pool
        self._scan = scan
        self._checks = checks
        self._every = every_seconds

    async def check_now(self) -> Round | None:
        """Scan and check once; None where another worker is doing so."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", WATCH_LOCK):
                return None
            try:
                scanned, checked = await self._scan.run(), await self._checks.run()
                forgotten = await self._forgetting.run() if self._forgetting else 0
                return Round(scanned=scanned, checked=checked, forgotten=forgotten)
            finally:
                # A connection that breaks gives its lock up too; its error must not take the place of a cancellation. The pool takes it
                # back by itself, and then it does not even answer whether it is closed.
                with suppress(*OUTAGES):
                    if not connection.is_closed():
                        await connection.fetchval("SELECT pg_advisory_unlock($1)", WATCH_LOCK)

    async def run(self) -> None:
        """Watch until cancelled. What goes wrong in a round is tried again in the next."""
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.check_now()
            except _INTERRUPTIONS as error:
                _LOG.warning("the checks of the privacy office stopped and will try again: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 -- one defect must not end every later check without a word
                # Its own message may quote a row, and is not repeated.
                _LOG.error("the checks of the privacy office met a defect: %s", type(error).__name__)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch in the background for as long as the block lasts."""
        async with in_background(self.run()):
            yield


def make_watch(
    pool: Pool, *, log: AuditLog, policy: Policy, clock: Clock, ids: Ids, site: str, overseer: str = ""
) -> OfficeWatch:
    """Return the watch of one worker. `site` is the area's own name in the log, `overseer` the organisation that reads of attacks."""
    cases = CaseLog(pool=pool, log=log, site=site)
    return OfficeWatch(
        pool,
        scan=Scan(pool, policy=policy, clock=clock, ids=ids, kin=kin_of(pool), overseer=overseer),
        checks=Checks(pool, cases=cases, reader=LogReader(pool), policy=policy, clock=clock),
        forgetting=Forgetting(pool, cases=cases, policy=policy, clock=clock),
    )
