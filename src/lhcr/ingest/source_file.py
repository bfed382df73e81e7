"""A source file: found among the paths that somebody named, told apart by what it holds, and read in units."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from lhcr.ingest.decompression import Decompressed, open_decompressed
from lhcr.ingest.json_bundle import refusal, split_json
from lhcr.ingest.large_bundle import units_of
from lhcr.ingest.ndjson import read_ndjson
from lhcr.ingest.rejection import Rejection, reason_of
from lhcr.ingest.source_entry import Origin, SourceEntry, Unit
from lhcr.ingest.xml_bundle import split_xml
from lhcr.kernel.errors import Incorrect

#: A larger file must be NDJSON: a Bundle is held in memory while it is taken apart.
LARGEST_BUNDLE: Final = 256 * 1024 * 1024
_HEAD: Final = 1024 * 1024
_BLOCK: Final = 1024 * 1024
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_raw_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """`name` is what the file is called in reports; `size` is in bytes as stored."""

    path: Path
    name: str
    size: int


def find_files(paths: Sequence[Path]) -> list[SourceFile]:
    """Return every regular file that the paths name or hold, folders recursively, in the order of their names.

    Hidden files inside folders, and what is no regular file, are passed over. Raises FileNotFoundError for a path that is not
    there, other OSErrors for one that cannot be looked into.
    """
    found: dict[Path, SourceFile] = {}
    for path in paths:
        for file, name in _files(path):
            status = file.stat()
            if stat.S_ISREG(status.st_mode):
                found.setdefault(file.resolve(), SourceFile(path=file, name=_shown(name), size=status.st_size))
    return list(found.values())


def _shown(name: str) -> str:
    """Return a file's name as it can be shown: what is no text, or would command a terminal, is replaced."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in name)


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    if not path.is_dir():
        yield path, path.name
        return
    for folder, folders, names in os.walk(path, onerror=_raise):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if not name.startswith(".") and file.exists():
                yield file, str(file.relative_to(path))


def _raise(error: OSError) -> None:
    raise error


def read_units(file: SourceFile) -> Iterator[Unit | Rejection]:
    """Yield what a file holds, in units, and what in it cannot be read as rejections. Raises OSError."""
    with open_decompressed(file.path) as stream:
        beginning = b""
        try:
            beginning = _read_up_to(stream, _HEAD)
            if _is_ndjson(beginning, file.name):
                yield from read_ndjson(stream, file=file.name, begun=beginning.removeprefix(_UTF8_MARK))
            else:
                # The body is not kept while its entries are written: they hold their own bytes.
                entries = list(_split(_read_whole(stream, beginning.removeprefix(_UTF8_MARK)), file.name))
                yield from units_of(entries, progress=file.size)
        except Incorrect as error:
            yield Rejection(
                origin=Origin(file=file.name),
                error=error.issues[0].error,
                reason=reason_of(error.issues),
                content=_as_stored(file),
            )


def _split(body: bytes, name: str) -> Iterator[SourceEntry]:
    first = body.lstrip()[:1]
    if first == b"<":
        return split_xml(body, file=name)
    if first == b"{":
        return split_json(body, file=name)
    if not first:
        raise refusal("empty", "The file is empty.")
    raise refusal("not-fhir", "The file is neither JSON nor XML, the two forms of FHIR that can be loaded.")


def _is_ndjson(beginning: bytes, name: str) -> bool:
    """Whether the lines are documents of their own: said by the name, or shown by a whole object on the first line of several."""
    if {".ndjson", ".jsonl"} & {f".{part.lower()}" for part in name.split(".")[1:]}:
        return True
    first, _, rest = beginning.removeprefix(_UTF8_MARK).lstrip().partition(b"\n")
    if not rest.lstrip().startswith(b"{") or not first.startswith(b"{"):
        return False
    try:
        _raw_object.decode(first)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _read_whole(stream: Decompressed, beginning: bytes) -> bytes:
    pieces, length = [beginning], len(beginning)
    while block := stream.read(_BLOCK):
        pieces.append(block)
        length += len(block)
        if length > LARGEST_BUNDLE:
            limit = LARGEST_BUNDLE // 1024 // 1024
            raise refusal("too-large", f"The file is larger than {limit} MB unpacked. Split it, or send it as NDJSON.")
    return b"".join(pieces)


def _read_up_to(stream: Decompressed, size: int) -> bytes:
    pieces = []
    while size > 0 and (block := stream.read(size)):
        pieces.append(block)
        size -= len(block)
    return b"".join(pieces)


def _as_stored(file: SourceFile) -> bytes:
    """Return the file as it is stored, packed if it is, for the quarantine; of a large one the beginning."""
    from lhcr.ingest.quarantine import MOST_KEPT

    with file.path.open("rb") as stored:
        return stored.read(MOST_KEPT)
