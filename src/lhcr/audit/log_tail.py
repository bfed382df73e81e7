"""The tail of the log: entries in the order of the tree, from a place on, for whoever reads each of them once.

The order is that of leaves, which has no gaps: who keeps the number of the next leaf in the same transaction as what they made of
the entries before it misses none and takes none twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from lhcr.audit.entry import Entry
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "log_tail.sql")
_DECODER: Final = msgspec.json.Decoder(Entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTail:
    """`next_leaf` is where the next read begins, `read` how many leaves were read. Texts that were disposed of are left out."""

    entries: tuple[Entry, ...]
    next_leaf: int
    read: int


async def found_nobody(connection: Connection, decisions: Sequence[int]) -> list[int]:
    """Return those of some decisions, by their numbers, of which no entry names a person."""
    return [row["decision"] for row in await connection.fetch(_SQL["found_nobody"], decisions)]


async def read_tail(connection: Connection, *, first: int, most: int) -> LogTail:
    rows = await connection.fetch(_SQL["tail"], first, most)
    entries = tuple(_DECODER.decode(row["text"]) for row in rows if row["text"] is not None)
    return LogTail(entries=entries, next_leaf=rows[-1]["leaf_index"] + 1 if rows else first, read=len(rows))
