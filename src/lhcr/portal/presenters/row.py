"""Rows of a table as a template lays them out: what, when, from whom, and everything to notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lhcr.portal.addresses import RecordAddresses
from lhcr.views.row import Mark, Row
from lhcr.views.state import State

_TAGS = {
    "duplicate": ("Recorded more than once", "grey"),
    "qualifier": ("Qualified", "red"),
    "disputed": ("Said to be wrong", "yellow"),
    "overdue": ("Past its end date", "orange"),
    "over-the-counter": ("Over the counter", "purple"),
    "statement": ("Recorded as none", "grey"),
    "some": ("Says only this", "grey"),
    "unknown": ("Not known", "grey"),
}
#: Labels of a date that say nothing beyond it.
_PLAIN_LABELS = frozenset({"Date", "On"})
_STATE_COLOURS = {State.NEGATED: "red", State.PAST: "grey", State.PLANNED: "blue", State.UNKNOWN: "yellow"}
_PAUSED = frozenset({"On hold", "Suspended"})
#: Marks that a table tells in a sentence, and a list, which has no room for one, by a tag.
_SPOKEN = frozenset({"conflict", "qualifier", "overdue", "disputed"})


@dataclass(frozen=True, slots=True)
class Tag:
    words: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """One row: `cells` run with the table's headings, `under` are labelled lines below the title.

    `warnings` are sentences, `origin` says where it comes from; `date_label` is empty where it would only say date.
    """

    href: str
    title: str
    subtitle: str
    tags: tuple[Tag, ...]
    alarms: tuple[Tag, ...]
    warnings: tuple[str, ...]
    detail: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    under: tuple[tuple[str, tuple[str, ...]], ...]
    date: str
    clock: str
    date_label: str
    origin: str
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """A table with a caption; `columns` are the headings between what and source, empty ones left out."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[RowPage, ...]
    first: str = "What"


def present_table(caption: str, rows: Sequence[Row], where: RecordAddresses, *, first: str = "What") -> TablePage:
    """Lay rows out under the columns that any of them fills."""
    columns = tuple(dict.fromkeys(cell.label for row in rows for cell in row.cells if cell.lines and not cell.under))
    return TablePage(
        caption=caption,
        columns=columns,
        rows=tuple(present_row(row, columns, where) for row in rows),
        first=first,
    )


def present_row(row: Row, columns: Iterable[str], where: RecordAddresses) -> RowPage:
    return RowPage(
        href=where.entry(row.reference),
        title=row.title,
        subtitle=f"Coded as: {row.subtitle}" if row.subtitle else "",
        tags=tags_of(row),
        alarms=alarms_of(row),
        warnings=tuple(f"{mark.words}." for mark in row.marks if mark.kind in _SPOKEN),
        detail=row.detail,
        cells=tuple(row.cell(column) for column in columns),
        under=tuple((cell.label, cell.lines) for cell in row.cells if cell.under and cell.lines),
        date=row.date.shown if row.date else "Date not recorded",
        clock=_clock(row),
        date_label="" if row.date_label in _PLAIN_LABELS else row.date_label,
        origin=origin_of(row),
        muted=row.status.state is State.PAST and row.kind != "Encounter",
    )


def tags_of(row: Row) -> tuple[Tag, ...]:
    """The status unless it is the plain active one, then the marks that need no sentence."""
    words, state = row.status.words, row.status.state
    colour = "orange" if words in _PAUSED else _STATE_COLOURS.get(state, "green")
    status = [Tag(words, colour)] if words and words != "Active" else []
    return (*status, *(Tag(*_TAGS[mark.kind]) for mark in row.marks if mark.kind in _TAGS and mark.kind not in _SPOKEN))


def alarms_of(row: Row) -> tuple[Tag, ...]:
    """Tags for the marks that a table would tell in a sentence."""
    return tuple(_alarm(mark) for mark in row.marks if mark.kind in _SPOKEN)


def _alarm(mark: Mark) -> Tag:
    """A conflict says in what, because what differs decides how much it matters."""
    return Tag(mark.words.split(":")[0], "red") if mark.kind == "conflict" else Tag(*_TAGS[mark.kind])


def origin_of(row: Row) -> str:
    """The sources by name; how many entries were folded, where that is more than one."""
    names = ", ".join(source.shown for source in row.sources)
    alike = sum(origin.reference.startswith(f"{row.kind}/") for origin in row.origins)
    return f"{names} (recorded {'twice' if alike == 2 else f'{alike} times'})" if alike > len(row.sources) else names


def conflict_of(marks: Iterable[Mark]) -> str:
    return next((f"{mark.words}." for mark in marks if mark.kind == "conflict"), "")


def _clock(row: Row) -> str:
    """The time of day where it was measured or happened at one; midnight is how a bare day is often sent."""
    clock = row.date.clock if row.date else ""
    return "" if clock == "00:00" else clock
