"""A source entry: one resource as its source wrote it, with where it was found; and a unit, the entries written together."""

from dataclasses import dataclass
from enum import Enum


class Form(Enum):
    """What the bytes of a source entry are."""

    JSON_RESOURCE = "json-resource"
    JSON_BUNDLE_ENTRY = "json-bundle-entry"
    XML_RESOURCE = "xml-resource"
    XML_BUNDLE_ENTRY = "xml-bundle-entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where something was found: the file as it was named, and its place inside, such as `entry[3]` or `line 17`."""

    file: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.place}" if self.place else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """`carries_request` says that the entry's `request` is an instruction (transaction and batch), not a memory of one."""

    origin: Origin
    form: Form
    content: bytes
    carries_request: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Entries that are written in one transaction, because they refer to each other or for speed.

    `progress` is how many bytes of the file, as it is stored, have been read when the unit is whole. `is_part` says that its
    entries refer by fullUrl to entries of earlier units of the same file.
    """

    entries: tuple[SourceEntry, ...]
    progress: int
    is_part: bool = False
