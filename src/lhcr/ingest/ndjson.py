"""Newline-delimited JSON (FHIR Bulk Data): one resource a line, read in batches, so that memory does not grow with the file."""

from collections.abc import Iterator
from typing import Final

from lhcr.ingest.decompression import Decompressed
from lhcr.ingest.rejection import Rejection
from lhcr.ingest.source_entry import Form, Origin, SourceEntry, Unit
from lhcr.kernel.errors import Incorrect

LINES_IN_A_BATCH: Final = 500
BYTES_IN_A_BATCH: Final = 16 * 1024 * 1024
LONGEST_LINE: Final = 64 * 1024 * 1024
_BEGINNING: Final = 4096
_BLOCK: Final = 256 * 1024


def read_ndjson(stream: Decompressed, *, file: str, begun: bytes) -> Iterator[Unit | Rejection]:
    """Yield the lines in batches, and each line that is too long as a rejection; `begun` is what was read of the stream before.

    Raises Incorrect where the stream is damaged, after every whole line before that has been yielded.
    """
    batch: list[SourceEntry] = []
    size = 0
    damage: Incorrect | None = None
    try:
        for number, line, is_whole in _lines(stream, begun):
            if not is_whole:
                yield _too_long(file, number, line)
            elif line.strip():
                origin = Origin(file=file, place=f"line {number}")
                batch.append(SourceEntry(origin=origin, form=Form.JSON_RESOURCE, content=line))
                size += len(line)
            if len(batch) >= LINES_IN_A_BATCH or size >= BYTES_IN_A_BATCH:
                yield Unit(entries=tuple(batch), progress=stream.position)
                batch, size = [], 0
    except Incorrect as error:
        damage = error
    if batch:
        yield Unit(entries=tuple(batch), progress=stream.position)
    if damage is not None:
        raise damage


def _lines(stream: Decompressed, begun: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """Yield each line's number counted from 1, its bytes, and whether they are all of it: of an overlong one the beginning is kept."""
    number, length = 1, 0
    pieces: list[bytes] = []
    block = begun
    while True:
        *ended, rest = block.split(b"\n")
        for line in ended:
            length += len(line)
            yield number, _joined(pieces, line, length), length <= LONGEST_LINE
            number, pieces, length = number + 1, [], 0
        length += len(rest)
        pieces = [*pieces, rest] if length <= LONGEST_LINE else [_joined(pieces, rest, length)]
        block = stream.read(_BLOCK)
        if not block:
            yield number, b"".join(pieces), length <= LONGEST_LINE
            return


def _joined(pieces: list[bytes], line: bytes, length: int) -> bytes:
    whole = b"".join([*pieces, line]) if pieces else line
    return whole if length <= LONGEST_LINE else whole[:_BEGINNING]


def _too_long(file: str, number: int, beginning: bytes) -> Rejection:
    return Rejection(
        origin=Origin(file=file, place=f"line {number}"),
        error="too-large",
        reason=f"The line is longer than {LONGEST_LINE // 1024 // 1024} MB, more than this record takes as one resource.",
        content=beginning,
    )
