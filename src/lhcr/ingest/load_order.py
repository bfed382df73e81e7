"""The order of a load: the directory first, then people, then what is about them, told from the beginning of each file.

Hazard: entries under a stand-in of a person. Where a person's Patient comes after their entries, the entries wait under an id that
means nobody yet; if the Patient then turns out to be somebody who is here, the two have to be joined by hand.
"""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import Final, TypeAlias

from lhcr.fhir.definitions.structures import is_resource_type
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.ingest.decompression import open_decompressed
from lhcr.ingest.source_file import SourceFile
from lhcr.kernel.errors import Incorrect

_ENOUGH: Final = 8192
_READERS: Final = 4
_JSON_TYPE: Final = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]{1,64})"')
_XML_TYPE: Final = re.compile(rb"<([A-Z][A-Za-z]{1,64})[\s>/]")


class Rank(IntEnum):
    """Files of one rank are loaded side by side, after every file of a lower rank."""

    DIRECTORY = 1
    PEOPLE = 2
    OTHERS = 3


RankedFile: TypeAlias = tuple[Rank, SourceFile]


def rank_files(files: Sequence[SourceFile]) -> list[RankedFile]:
    """Return the files with their ranks. Unpacking the beginnings lets other threads run, so that several are read at once."""
    with ThreadPoolExecutor(_READERS) as readers:
        return list(zip(readers.map(rank_of, files), files, strict=True))


def rank_of(file: SourceFile) -> Rank:
    """Return the rank of a file by the first resource in it, the last rank where nothing can be told."""
    try:
        with open_decompressed(file.path) as stream:
            beginning = stream.read(_ENOUGH)
    except (OSError, Incorrect):
        return Rank.OTHERS
    for name in (_XML_TYPE if beginning.lstrip().startswith(b"<") else _JSON_TYPE).findall(beginning):
        resource_type = name.decode("ascii")
        if resource_type != "Bundle" and is_resource_type(resource_type):
            return _rank_of_type(resource_type)
    return Rank.OTHERS


def _rank_of_type(resource_type: str) -> Rank:
    if resource_type == "Patient":
        return Rank.PEOPLE
    return Rank.DIRECTORY if home(resource_type).kind is HomeKind.DIRECTORY else Rank.OTHERS
