"""Reading the log: entries of one decision or about one person, traces, and the last head.

It asks nobody's leave: whoever reads through it holds a decision or acts for the area's operator, and says so in the log.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from lhcr.audit.entry import Entry
from lhcr.audit.outage import unavailable_when_down
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "reader.sql")
_OUTAGE: Final = "The audit log cannot be read now. Ask again in a moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry where it stands. `entry` is None where its retention ended and the text was disposed of."""

    writer_id: int
    seq: int
    recorded: datetime
    entry: Entry | None

    @property
    def event_id(self) -> str:
        """The id under which the entry is served as an AuditEvent."""
        return f"{self.writer_id}-{self.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a page ended: the next begins with the entry before this one in time."""

    recorded: datetime
    writer_id: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHead:
    """`signed` is False for every head until areas sign theirs."""

    tree_size: int
    root_hash: bytes
    recorded: datetime
    signed: bool = False


class LogReader:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_decision(self, number: int, *, most: int) -> list[StoredEntry]:
        """Return the entries that one decision led to, the oldest first."""
        return await self._entries("of_decision", number, most)

    async def about(self, person_id: int, *, since: datetime, before: Position | None, most: int) -> list[StoredEntry]:
        """Return entries about one person, the newest first."""
        at = (before.recorded, before.writer_id, before.seq) if before else (None, None, None)
        return await self._entries("about_person", person_id, since, *at, most)

    async def trace(self, digest: bytes) -> bytes | None:
        """Return the text of a decision's trace by its SHA-256."""
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            text: bytes | None = await self._pool.fetchval(_SQL["trace"], digest)
        return text

    async def last_head(self) -> StoredHead | None:
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            row = await self._pool.fetchrow(_SQL["last_head"])
        return None if row is None else StoredHead(**row)

    async def _entries(self, statement: str, *parameters: object) -> list[StoredEntry]:
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            rows = await self._pool.fetch(_SQL[statement], *parameters)
        return [_stored(row) for row in rows]


def _stored(row: asyncpg.Record) -> StoredEntry:
    text = row["text"]
    entry = None if text is None else msgspec.json.decode(text, type=Entry)
    return StoredEntry(writer_id=row["writer_id"], seq=row["seq"], recorded=row["recorded"], entry=entry)
