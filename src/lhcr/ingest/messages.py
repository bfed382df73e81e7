"""Messages between the process that leads a load and those that work for it."""

from dataclasses import dataclass
from typing import TypeAlias

from lhcr.ingest.file_load import Turn
from lhcr.ingest.source_file import SourceFile
from lhcr.ingest.tally import Tally


@dataclass(frozen=True, slots=True)
class Begin:
    """Open this database. Its address may hold a password, which is why it stands in no command line."""

    dsn: str


@dataclass(frozen=True, slots=True)
class LoadFile:
    """Load file `number`, or those units of it whose turn it is."""

    number: int
    file: SourceFile
    turn: Turn


@dataclass(frozen=True, slots=True)
class FindMissing:
    """Look once more which of these references lead nowhere, now that everything is loaded."""

    references: tuple[str, ...]


Order: TypeAlias = LoadFile | FindMissing


@dataclass(frozen=True, slots=True)
class UnitLoaded:
    number: int
    progress: int
    tally: Tally
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileLoaded:
    """`put_off` are the numbers of the units that wait for the others."""

    number: int
    put_off: frozenset[int]


@dataclass(frozen=True, slots=True)
class StillMissing:
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The worker cannot go on, for this reason."""

    reason: str


Report: TypeAlias = UnitLoaded | FileLoaded | StillMissing | Failed
