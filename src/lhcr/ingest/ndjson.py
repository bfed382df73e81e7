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
    lines = _Lines(stream, begun)
    while not lines.ended:
        try:
            number, line, is_whole = lines.next()
        except Incorrect as error:
            damage = error
            break
        if not is_whole:
            yield _too_long(file, number, line)
        elif line.strip():
            origin = Origin(file=file, place=f"line {number}")
            batch.append(SourceEntry(origin=origin, form=Form.JSON_RESOURCE, content=line))
            size += len(line)
        if len(batch) >= LINES_IN_A_BATCH or size >= BYTES_IN_A_BATCH:
            yield Unit(entries=tuple(batch), progress=stream.position)
            batch, size = [], 0
    if batch:
        yield Unit(entries=tuple(batch), progress=stream.position)
    if damage is not None:
        raise damage


class _Lines:
    """The lines of a stream, one at a time; of an overlong one only the beginning is kept while the rest is passed over."""

    def __init__(self, stream: Decompressed, begun: bytes) -> None:
        self._stream = stream
        self._rest = begun
        self._number = 0
        self.ended = False

    def next(self) -> tuple[int, bytes, bool]:
        """Return the line's number counted from 1, its bytes, and whether these are all of it."""
        self._number += 1
        pieces: list[bytes] = []
        length = 0
        while True:
            line, newline, rest = self._rest.partition(b"\n")
            length += len(line)
            if length <= LONGEST_LINE:
                pieces.append(line)
            elif len(pieces) > 1 or len(pieces[0]) > _BEGINNING:
                pieces = [b"".join(pieces)[:_BEGINNING]]
            self._rest = rest
            if newline:
                break
            self._rest = self._stream.read(_BLOCK)
            if not self._rest:
                self.ended = True
                break
        return self._number, b"".join(pieces), length <= LONGEST_LINE


def _too_long(file: str, number: int, beginning: bytes) -> Rejection:
    return Rejection(
        origin=Origin(file=file, place=f"line {number}"),
        error="too-large",
        reason=f"The line is longer than {LONGEST_LINE // 1024 // 1024} MB, more than this record takes as one resource.",
        content=beginning,
    )
