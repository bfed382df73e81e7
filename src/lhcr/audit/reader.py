"""Reading the log: entries of one decision or about one person, traces, and the last head.

It asks nobody's leave: whoever reads through it holds a decision or acts for the area's operator, and says so in the log.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from lhcr.audit.entry import Entry
from lhcr.audit.log_query import LogQuery
from lhcr.audit.outage import unavailable_when_down
from lhcr.audit.proof import EntryProof
from lhcr.audit.prover import prove_entry
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import read_note
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "reader.sql")
_EVENT_ID: Final = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,17})")
#: Two statements, because one for both would have a plan for neither.
_STANDS: Final = _SQL["stands"].partition("\n")[2]
_OF_ANYBODY: Final = _SQL["scan"].format(joined="", about="true", stands=_STANDS)
_OF_PERSON: Final = _SQL["scan"].format(
    stands=_STANDS,
    joined=_SQL["joined"].partition("\n")[2] + "\n",
    about="person_id = ANY (ARRAY (SELECT id FROM joined))",
)
#: So many entries are looked through for one page.
_SCANNED: Final = 20_000
_OUTAGE: Final = "The audit log cannot be read now. Ask again in a moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry where it stands. `entry` is None where its retention ended and the text was disposed of.

    Its person is in whose record theirs goes on, where they were merged.
    """

    writer_id: int
    seq: int
    recorded: datetime
    entry: Entry | None

    @property
    def event_id(self) -> str:
        """The id under which the entry is served as an AuditEvent."""
        return f"{self.writer_id}-{self.seq}"

    @property
    def position(self) -> "Position":
        return Position(recorded=self.recorded, writer_id=self.writer_id, seq=self.seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a page ended: the next begins with the entry before this one in time."""

    recorded: datetime
    writer_id: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntries:
    """A page; `older` is where the next one begins, None at the end."""

    entries: tuple[StoredEntry, ...]
    older: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHead:
    """`note` is the head as the area signed it, empty where none of this size is signed yet."""

    tree_size: int
    root_hash: bytes
    recorded: datetime
    note: str = ""


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

    async def one(self, event_id: str) -> StoredEntry | None:
        """Return the entry with an id, None where there is none."""
        place = read_event_id(event_id)
        found = await self._entries("one_entry", *place) if place else []
        return found[0] if found else None

    async def prove(self, stored: StoredEntry) -> EntryProof:
        """Return the proof that an entry stands in the log, without its text. Raises Unavailable as `prove_entry` does."""
        return await prove_entry(self._pool, writer_id=stored.writer_id, seq=stored.seq, with_text=False)

    async def search(self, asked: LogQuery, *, before: Position | None, most: int) -> FoundEntries:
        """Return at most so many entries that fit, the newest first. A page may hold fewer although there are more: of a large
        log only so much is looked through at once.
        """
        at = (before.recorded, before.writer_id, before.seq) if before else (None, None, None)
        statement, about = (_OF_ANYBODY, ()) if asked.person is None else (_OF_PERSON, (asked.person,))
        parameters = asked.since, asked.until, *at, [*asked.fragments()], _SCANNED, most + 1, *about
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            rows = await self._pool.fetch(statement, *parameters)
        page, more = rows[:most], len(rows) > most
        goes_on = more or (bool(rows) and rows[-1]["nth"] == _SCANNED)
        # A fragment may stand elsewhere than where it was meant.
        found = [each for each in map(_stored, page) if each.entry and asked.fits(each.entry)]
        return FoundEntries(entries=tuple(found), older=_position(page[-1]) if goes_on else None)

    async def trace(self, digest: bytes) -> bytes | None:
        """Return the text of a decision's trace by its SHA-256."""
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            text: bytes | None = await self._pool.fetchval(_SQL["trace"], digest)
        return text

    async def last_head(self) -> StoredHead | None:
        """Return the last signed head, or the last head where it covers more than that, as before the first signature."""
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            row = await self._pool.fetchrow(_SQL["last_head"])
            note = await self._pool.fetchval(_SQL["last_signed_head"])
        last = None if row is None else StoredHead(**row)
        if note is None:
            return last
        head = SignedHead.read(read_note(note).text)
        signed = StoredHead(tree_size=head.tree_size, root_hash=head.root_hash, recorded=head.recorded, note=note)
        return last if last and last.tree_size > signed.tree_size else signed

    async def _entries(self, statement: str, *parameters: object) -> list[StoredEntry]:
        async with unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE):
            rows = await self._pool.fetch(_SQL[statement].format(stands=_STANDS), *parameters)
        return [_stored(row) for row in rows]


def read_event_id(event_id: str) -> tuple[int, int] | None:
    """Return the place that an id of the log's own names, `writer-number`; None for any other."""
    found = _EVENT_ID.fullmatch(event_id)
    return (int(found[1]), int(found[2])) if found else None


def _position(row: asyncpg.Record) -> Position:
    return Position(recorded=row["recorded"], writer_id=row["writer_id"], seq=row["seq"])


def _stored(row: asyncpg.Record) -> StoredEntry:
    text = row["text"]
    entry = None if text is None else msgspec.json.decode(text, type=Entry)
    if entry is not None and entry.person not in {None, row["stands"]}:
        # Who was merged is one with whom they go on in, to whoever reads; what is in the log stays as it is.
        entry = msgspec.structs.replace(entry, person=row["stands"])
    return StoredEntry(writer_id=row["writer_id"], seq=row["seq"], recorded=row["recorded"], entry=entry)
