"""The prover: takes the proof of one entry from the log where it stands, in one snapshot.

It asks nobody's leave, as `reader` does not. It reads the leaves once, which takes about a second for each million of them.
"""

from collections.abc import Sequence
from typing import Final

import asyncpg

from lhcr.audit.merkle import Frontier, Range, consistency_ranges, inclusion_ranges
from lhcr.audit.outage import unavailable_when_down
from lhcr.audit.proof import EarlierHead, EntryProof
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import read_note
from lhcr.audit.tree_head import Head
from lhcr.kernel.errors import Incorrect, Issue, NotFound, Unavailable
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "prover.sql")
_LEAVES_AT_ONCE: Final = 5_000
_OUTAGE: Final = "The audit log cannot be read now. Ask again in a moment."


async def prove_entry(
    pool: Pool, *, writer_id: int, seq: int, earlier: Head | None = None, with_text: bool = True
) -> EntryProof:
    """Return the proof of an entry under the last signed head, and that this head goes on from an `earlier` one.

    Raises `NotFound` (`entry-unknown`), `Unavailable` (`entry-not-signed`) while no signed head covers the entry, and `Incorrect`
    (`head-beyond`) where the earlier head is none that the log could have had.
    """
    async with (
        unavailable_when_down(error="log-unavailable", diagnostics=_OUTAGE),
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute("SET LOCAL statement_timeout = 0")
        row = await _entry(connection, writer_id, seq)
        note, head = await _head(connection, row["leaf_index"])
        shown = with_text and row["text"] is not None
        return EntryProof(
            entry=f"{writer_id}-{seq}",
            text=row["text"].decode() if shown else None,
            salt=row["salt"] if shown else b"",
            digest=row["digest"],
            leaf_index=row["leaf_index"],
            inclusion=await _roots(connection, inclusion_ranges(head.tree_size, row["leaf_index"])),
            head=note,
            keys=tuple(key["statement"] for key in await connection.fetch(_SQL["keys"])),
            earlier=None if earlier is None else await _earlier(connection, earlier, head),
        )


async def _entry(connection: Connection, writer_id: int, seq: int) -> asyncpg.Record:
    row = await connection.fetchrow(_SQL["entry"], writer_id, seq)
    if row is None:
        diagnostics = "The log holds no entry under this id."
        raise NotFound([Issue(code="not-found", error="entry-unknown", diagnostics=diagnostics)])
    return row


async def _head(connection: Connection, leaf_index: int | None) -> tuple[str, SignedHead]:
    note = await connection.fetchval(_SQL["last_signed"])
    head = None if note is None else SignedHead.read(read_note(note).text)
    if head is None or leaf_index is None or head.tree_size <= leaf_index:
        diagnostics = "No signed head covers this entry yet. One does within a second while the area runs."
        raise Unavailable([Issue(code="transient", error="entry-not-signed", diagnostics=diagnostics)])
    return note, head


async def _earlier(connection: Connection, earlier: Head, head: SignedHead) -> EarlierHead:
    try:
        ranges = consistency_ranges(head.tree_size, earlier.tree_size)
    except ValueError:
        diagnostics = "The earlier head has no entries, or more than the log: nothing can be shown to go on from it."
        raise Incorrect([Issue(code="value", error="head-beyond", diagnostics=diagnostics)]) from None
    consistency = await _roots(connection, ranges)
    return EarlierHead(tree_size=earlier.tree_size, root_hash=earlier.root_hash, consistency=consistency)


async def _roots(connection: Connection, ranges: Sequence[Range]) -> tuple[bytes, ...]:
    return tuple([await _root(connection, start, stop) for start, stop in ranges])


async def _root(connection: Connection, start: int, stop: int) -> bytes:
    """Return the root over a range of leaves. They are read in slices, so that a log of any size takes little memory."""
    frontier = Frontier()
    for first in range(start, stop, _LEAVES_AT_ONCE):
        rows = await connection.fetch(_SQL["leaves"], first, min(first + _LEAVES_AT_ONCE, stop))
        frontier = frontier.extend(row["leaf_hash"] for row in rows)
    return frontier.root
