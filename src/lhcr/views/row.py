"""A row: one entry, or several that say the same, as a section shows it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final, Self

from lhcr.views.entry import Source
from lhcr.views.state import State, Status
from lhcr.views.written_date import WrittenDate


@dataclass(frozen=True, slots=True)
class Origin:
    """One entry behind a row: its address in the record, who contributed it and when it was taken in."""

    reference: str
    source: Source
    recorded: datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """The lines under one column's heading; no lines where the entry says nothing of it.

    `under` says that they stand under the row's title instead of in a column.
    """

    label: str
    lines: tuple[str, ...]
    under: bool = False


#: Marks of a row that is about no thing: it says that there is none, none of some kinds, or that nobody knows.
STATEMENTS: Final = frozenset({"statement", "some", "unknown"})


@dataclass(frozen=True, slots=True)
class Mark:
    """Something a reader must notice about a row: `conflict`, `duplicate`, `qualifier`, `overdue` or one of `STATEMENTS`."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says beyond its title: the cells of its section's columns, and the free text."""

    cells: tuple[Cell, ...] = ()
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a section shows of an entry.

    `title` is what it is about, `subtitle` what it is coded as where that says other words; `key` is what entries about
    the same thing share, `date` the clinical date with `date_label` saying which. What it tells beyond that is read from
    the entry when first asked for, because a page of a long record shows the cells of few of its rows.
    """

    kind: str
    key: str
    title: str
    tell: Callable[[], Told] = field(default=Told, compare=False, repr=False)
    subtitle: str = ""
    date: WrittenDate | None = None
    date_label: str = ""
    status: Status = field(default_factory=lambda: Status(State.CURRENT, ""))
    origins: tuple[Origin, ...] = ()
    marks: tuple[Mark, ...] = ()

    @cached_property
    def told(self) -> Told:
        return self.tell()

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.told.cells

    @property
    def detail(self) -> tuple[str, ...]:
        return self.told.detail

    @property
    def reference(self) -> str:
        """The entry whose page this row opens."""
        return self.origins[0].reference

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(dict.fromkeys(origin.source for origin in self.origins))

    def cell(self, label: str) -> tuple[str, ...]:
        return next((cell.lines for cell in self.cells if cell.label == label), ())

    def marked(self, mark: Mark) -> Self:
        return self if mark in self.marks else replace(self, marks=(*self.marks, mark))
