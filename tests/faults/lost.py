"""Looking for lost writers in a live area, as the sequencer of a worker does each minute, without waiting for the minute."""

import asyncio
from collections import Counter
from typing import Final

from tests.interoperability.apart import run_apart
from tests.interoperability.live_area import LiveArea

from lhcr.audit.lost_writers import LostWriters
from lhcr.kernel.clock import SystemClock
from lhcr.store.database import open_pool

_HELD_BY_SOMEBODY: Final = """(SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 19529
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
_HAS_WRITTEN: Final = "EXISTS (SELECT FROM audit_entry AS e WHERE e.writer_id = w.writer_id)"
_LEFT: Final = f"""SELECT count(*) FROM audit_writer AS w
    WHERE held AND last_seq IS NULL AND {_HAS_WRITTEN} AND writer_id NOT IN {_HELD_BY_SOMEBODY}"""
_LIVING: Final = f"SELECT writer_id FROM audit_writer AS w WHERE {_HAS_WRITTEN} AND writer_id IN {_HELD_BY_SOMEBODY}"
#: Each worker holds its writers on a connection of its own.
_WRITING: Final = f"""SELECT count(DISTINCT l.pid) AS workers FROM pg_locks AS l JOIN audit_writer AS w ON w.writer_id = l.objid::bigint
    WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid = 19529 AND {_HAS_WRITTEN}
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_MARKS: Final = (
    "SELECT writer_id FROM audit_entry WHERE convert_from(text, 'UTF8') LIKE '%\"subtype\":\"writer-lost\"%'"
)


def look_until_told(area: LiveArea) -> None:
    """Look until every writer that nobody holds is marked, and a few times more."""

    async def look() -> None:
        lost = LostWriters(clock=SystemClock(), site="Test Area")
        async with await open_pool(area.dsn, smallest=1, largest=1) as pool, asyncio.timeout(20):
            again = 3
            while again or await pool.fetchval(_LEFT):
                async with pool.acquire() as connection:
                    await lost.look(connection)
                again = max(again - 1, 0)
                await asyncio.sleep(0.05)

    run_apart(look())


def living_writers(area: LiveArea) -> set[int]:
    return {row["writer_id"] for row in area.rows(_LIVING)}


def writing_workers(area: LiveArea) -> int:
    """How many workers live that have written."""
    (row,) = area.rows(_WRITING)
    return int(row["workers"])


def marks(area: LiveArea) -> Counter[int]:
    """How often each writer is marked as lost."""
    return Counter(row["writer_id"] for row in area.rows(_MARKS))
