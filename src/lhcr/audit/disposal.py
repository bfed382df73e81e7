"""Disposal: taking out of the log what old entries say, when their retention has ended, while every proof still holds.

It says so in the log itself before it begins: a text that is gone without such an entry is a defect. It can be given again, after
it was interrupted too.
"""

from datetime import datetime, timedelta
from typing import Final

from lhcr.audit.disposal_entry import disposal_entry
from lhcr.audit.entry import EntryDraft
from lhcr.audit.log import AuditLog
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "disposal.sql")
_ENTRIES_AT_ONCE: Final = 5_000
#: People may see for a year who looked at their record; until then nobody may take that away.
LEAST_AGE: Final = timedelta(days=365)


async def disposable_texts(pool: Pool, *, before: datetime) -> int:
    """Return how many texts would be disposed of."""
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute("SET LOCAL statement_timeout = 0")
        count: int = await connection.fetchval(_SQL["count"], before)
    return count


async def dispose_texts(pool: Pool, log: AuditLog, *, draft: EntryDraft, before: datetime, clock: Clock) -> int:
    """Dispose of the texts of all sequenced entries recorded before an instant, and return of how many.

    `draft` says who does it. Raises `Incorrect` (`retention-not-ended`) for an instant less than a year ago.
    """
    check_ended(before, now=clock.now())
    asked = f"texts of entries recorded before {before.isoformat()}"
    await log.append([disposal_entry(draft, before=before, recorded=clock.now(), asked=asked)])
    disposed = 0
    for row in await pool.fetch(_SQL["writers"]):
        for first in range(1, row["sequenced"] + 1, _ENTRIES_AT_ONCE):
            beyond = min(first + _ENTRIES_AT_ONCE, row["sequenced"] + 1)
            disposed += _count(await pool.execute(_SQL["dispose"], row["writer_id"], first, beyond, before))
    done = f"disposed of {disposed} {asked}"
    await log.append([disposal_entry(draft, before=before, recorded=clock.now(), asked=done)])
    return disposed


def check_ended(before: datetime, *, now: datetime) -> None:
    """Raise `Incorrect` where texts of the last year would be disposed of."""
    if before > now - LEAST_AGE:
        diagnostics = (
            f"Texts younger than a year stay: people may see who looked. The latest date is {now - LEAST_AGE:%Y-%m-%d}."
        )
        raise Incorrect([Issue(code="business-rule", error="retention-not-ended", diagnostics=diagnostics)])


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
