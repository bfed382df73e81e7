"""Folding: rows that read the same become one row that names every source; nothing is deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lhcr.views.readers import MORE
from lhcr.views.row import Mark, Row
from lhcr.views.state import State


def fold(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Collapse rows whose every shown word is equal: what, when, value, status and free text.

    Hazard: two entries that differ in anything a reader would see must stay two rows, so the whole reading is compared,
    not a code alone; only rows that already share title, date and status are read so far.
    """
    alike: dict[object, list[Row]] = {}
    for row in rows:
        alike.setdefault(_outline(row), []).append(row)
    return tuple(folded for group in alike.values() for folded in (_fold_alike(group) if len(group) > 1 else group))


def _fold_alike(group: list[Row]) -> Iterable[Row]:
    folded: dict[object, Row] = {}
    for row in group:
        meaning: object = row.told if _is_whole(row) else row.origins
        first = folded.get(meaning)
        folded[meaning] = replace(first, origins=(*first.origins, *row.origins)) if first else row
    return folded.values()


def compare(rows: Sequence[Row], *, columns: Sequence[str]) -> tuple[Row, ...]:
    """Mark rows about the same thing: those that disagree in a column or in status, and those that merely recur.

    Only rows in force are compared: a stopped dose does not contradict a current one.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.status.state in {State.CURRENT, State.UNKNOWN, State.PLANNED, State.NEGATED}:
            groups.setdefault(row.key, []).append(row)
    marks = {row.origins: mark for group in groups.values() if len(group) > 1 for row, mark in _judge(group, columns)}
    return tuple(row.marked(marks[row.origins]) if row.origins in marks else row for row in rows)


def _is_whole(row: Row) -> bool:
    """Whether all of the entry is in the row: what is cut short cannot be called the same as another."""
    return MORE not in row.detail and not any(MORE in cell.lines for cell in row.cells)


def _outline(row: Row) -> object:
    return (row.kind, row.title, row.subtitle, row.date.with_clock if row.date else "", row.status, row.marks)


def _judge(group: list[Row], columns: Sequence[str]) -> Iterable[tuple[Row, Mark]]:
    differing = [column for column in columns if len({_plain(row.cell(column)) for row in group}) > 1]
    negated = {row.status.state is State.NEGATED for row in group}
    if len(negated) > 1:
        differing.append("whether it is so")
    elif columns and len({row.status.words for row in group if row.status.words} - {"Status not stated"}) > 1:
        differing.append("status")
    if differing:
        who = "Sources" if len({source for row in group for source in row.sources}) > 1 else "Entries"
        words = f"{who} differ in {_list(differing)}: check before relying on either"
        return [(row, Mark("conflict", words)) for row in group]
    return [(row, Mark("duplicate", "Recorded more than once")) for row in group]


def _plain(lines: tuple[str, ...]) -> str:
    return " ".join(" ".join(lines).casefold().split())


def _list(words: list[str]) -> str:
    lowered = [word[:1].lower() + word[1:] for word in words]
    return " and ".join(lowered)
