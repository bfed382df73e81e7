"""The export of the log: lines of JSON from which anybody can verify it, on any machine, without the database.

First what it is, the writers, keys and heads, then entries with their leaves in the order of the tree, so that a verifier keeps one small state for
each writer. Without texts the export shows nobody's data and still proves order, number and content of what was written.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Literal, TypeAlias

import asyncpg
import msgspec

from lhcr.audit.log_rows import EntryRow, LeafRow, WriterRow
from lhcr.audit.tree_head import Head
from lhcr.audit.verdict import Verdict
from lhcr.audit.verifier import Verifier
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = dict(load_statements("lhcr.audit", "verify.sql")) | dict(load_statements("lhcr.audit", "export.sql"))
_ROWS_AT_ONCE: Final = 2_000
#: No honest line is longer: a text is bounded, and everything else is a few hashes.
LONGEST_LINE: Final = 1_000_000


class ExportLine(msgspec.Struct, frozen=True, kw_only=True, tag="export"):
    """The first line: what this is, and whether it holds the texts."""

    version: Literal[2] = 2
    texts: bool


class WriterLine(msgspec.Struct, frozen=True, kw_only=True, tag="writer"):
    writer_id: int
    sequenced: int
    last_seq: int | None


class HeadLine(msgspec.Struct, frozen=True, kw_only=True, tag="head"):
    tree_size: int
    root_hash: bytes


class KeyLine(msgspec.Struct, frozen=True, kw_only=True, tag="key"):
    statement: str


class SignedHeadLine(msgspec.Struct, frozen=True, kw_only=True, tag="signed-head"):
    number: int
    note: str


class EntryLine(msgspec.Struct, frozen=True, kw_only=True, tag="entry", omit_defaults=True):
    """An entry, its leaf, or both. `digest` is None where the entry is gone; hashes are in base64."""

    writer_id: int
    seq: int
    recorded: datetime | None = None
    person_id: int | None = None
    salt: bytes = b""
    digest: bytes | None = None
    chain: bytes = b""
    text: bytes | None = None
    leaf_index: int | None = None
    leaf_hash: bytes = b""


Line: TypeAlias = ExportLine | WriterLine | HeadLine | KeyLine | SignedHeadLine | EntryLine
_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final[msgspec.json.Decoder[Line]] = msgspec.json.Decoder(Line)


async def export_log(pool: Pool, *, texts: bool) -> AsyncIterator[bytes]:
    """Yield the lines of one snapshot of the log, each ended by a line feed. Without `texts`, persons are left out too."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("SET LOCAL statement_timeout = 0")
        async for line in _lines(connection, texts=texts):
            yield _ENCODER.encode(line) + b"\n"


def verify_export(lines: Iterable[bytes], *, witnessed: Sequence[Head] = ()) -> Verdict:
    """Return the verdict on an export. Raises `Incorrect` (`export-unreadable`) where it is not one.

    Where the texts were left out, what they said is not verified, only that it stands.
    """
    read = map(_read, lines)
    first = next(read, None)
    if not isinstance(first, ExportLine):
        raise _unreadable()
    verifier = Verifier(witnessed=tuple(witnessed), texts=first.texts)
    entry = _feed_ground(verifier, read)
    while entry is not None:
        if not isinstance(entry, EntryLine):
            raise _unreadable()
        _feed(verifier, entry)
        entry = next(read, None)
    return verifier.verdict()


def _feed_ground(verifier: Verifier, lines: Iterator[Line]) -> Line | None:
    """Feed what comes before the entries, and return the first line after it."""
    ground: dict[type[Line], list[Line]] = {kind: [] for kind in (WriterLine, HeadLine, KeyLine, SignedHeadLine)}
    line = next(lines, None)
    while line is not None and type(line) in ground:
        ground[type(line)].append(line)
        line = next(lines, None)
    verifier.writers([WriterRow(**msgspec.structs.asdict(row)) for row in ground[WriterLine]])
    verifier.heads([Head(**msgspec.structs.asdict(row)) for row in ground[HeadLine]])
    verifier.keys([row.statement for row in ground[KeyLine] if isinstance(row, KeyLine)])
    for row in ground[SignedHeadLine]:
        verifier.signed_head(**msgspec.structs.asdict(row))
    return line


def _feed(verifier: Verifier, line: EntryLine) -> None:
    if line.digest is not None and line.recorded is not None:
        verifier.entry(
            EntryRow(
                writer_id=line.writer_id,
                seq=line.seq,
                recorded=line.recorded,
                person_id=line.person_id,
                salt=line.salt,
                digest=line.digest,
                chain=line.chain,
                text=line.text,
            )
        )
    if line.leaf_index is not None:
        verifier.leaf(
            LeafRow(
                leaf_index=line.leaf_index,
                writer_id=line.writer_id,
                seq=line.seq,
                leaf_hash=line.leaf_hash,
                digest=line.digest,
                recorded=line.recorded,
            )
        )


async def _lines(connection: Connection, *, texts: bool) -> AsyncIterator[Line]:
    yield ExportLine(texts=texts)
    for row in await connection.fetch(_SQL["writers"]):
        yield WriterLine(**row)
    for row in await connection.fetch(_SQL["heads"]):
        yield HeadLine(**row)
    for row in await connection.fetch(_SQL["keys"]):
        yield KeyLine(**row)
    async for row in connection.cursor(_SQL["signed_heads"], prefetch=_ROWS_AT_ONCE):
        yield SignedHeadLine(**row)
    async for row in connection.cursor(_SQL["rows"], prefetch=_ROWS_AT_ONCE):
        yield _entry_line(row, texts=texts)


def _entry_line(row: asyncpg.Record, *, texts: bool) -> EntryLine:
    facts = {name: value for name, value in row.items() if value is not None}
    line = EntryLine(**facts)
    return line if texts else msgspec.structs.replace(line, text=None, salt=b"", person_id=None)


def _read(line: bytes) -> Line:
    if len(line) > LONGEST_LINE:
        raise _unreadable()
    try:
        return _DECODER.decode(line)
    except ValueError as error:
        raise _unreadable() from error


def _unreadable() -> Incorrect:
    diagnostics = "This is not an export of the audit log, or it was cut off in the midst of a line."
    return Incorrect([Issue(code="structure", error="export-unreadable", diagnostics=diagnostics)])
