"""Decompression: a file's bytes as a stream, unpacked on the way, within limits that a bomb does not pass.

What a file is follows from its first bytes, never from its name.
"""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from lhcr.kernel.errors import Incorrect, Issue

_BZIP2: Final = b"BZh"
_GZIP: Final = b"\x1f\x8b"
# Real FHIR in bzip2 shrinks 20 to 60-fold. A bomb shrinks a millionfold.
_MOST_EXPANSION: Final = 1000
_EXPANSION_NOT_ASKED_BELOW: Final = 64 * 1024 * 1024


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Stored(_Readable, Protocol):
    def tell(self) -> int: ...


class Decompressed:
    """A stream of unpacked bytes. `position` is how far the stored file has been read."""

    def __init__(self, stored: _Stored, unpacked: _Readable) -> None:
        self._stored = stored
        self._unpacked = unpacked
        self._given = 0

    @property
    def position(self) -> int:
        return self._stored.tell()

    def read(self, size: int) -> bytes:
        """Read at most `size` bytes, none at the end. Raises Incorrect (`compression-broken`, `compression-bomb`)."""
        try:
            block = self._unpacked.read(size)
        except (OSError, EOFError, zlib.error, lzma.LZMAError):
            raise _refusal(
                "compression-broken", "The compressed file ends early or is damaged; what came before was read."
            ) from None
        self._given += len(block)
        if self._given > max(_EXPANSION_NOT_ASKED_BELOW, _MOST_EXPANSION * self.position):
            raise _refusal(
                "compression-bomb", f"The file expands more than {_MOST_EXPANSION:,}-fold; it was not read on."
            )
        return block


@contextmanager
def open_decompressed(path: Path) -> Iterator[Decompressed]:
    """Open a file that may be packed with bzip2 or gzip. Raises OSError where it cannot be opened."""
    with path.open("rb") as stored:
        first = stored.read(4)
        stored.seek(0)
        if first.startswith(_BZIP2):
            with bz2.open(stored) as unpacked:
                yield Decompressed(stored, unpacked)
        elif first.startswith(_GZIP):
            with gzip.open(stored) as unpacked:
                yield Decompressed(stored, unpacked)
        else:
            yield Decompressed(stored, stored)


def _refusal(error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="structure", error=error, diagnostics=diagnostics)])
