"""The order of a section's rows: what is in force first, then what a reader of that section needs first."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from lhcr.views.row import Row
from lhcr.views.state import STATE_ORDER

_Rank = Callable[[Row], tuple[Any, ...]]


def in_order(rows: Iterable[Row], *, order: str, today: date) -> tuple[Row, ...]:
    """Rows in force first, and rows about the same thing beside one another; undated rows last.

    `order` is the section's: the newest first where it names none; `soonest` puts what is still to come first, the next of it at
    the top, and what has been after it, the latest first; `gravest` puts what is of high risk before everything else.
    """
    placed = sorted(rows, key=_soonest(today) if order == "soonest" else _newest)
    if order == "gravest":
        placed.sort(key=_is_mild)
    leaders: dict[tuple[int, str], int] = {}
    for rank, row in enumerate(placed):
        leaders.setdefault(_group(row), rank)
    return tuple(sorted(placed, key=lambda row: (STATE_ORDER[row.status.state], leaders[_group(row)])))


def _group(row: Row) -> tuple[int, str]:
    return STATE_ORDER[row.status.state], row.key


def _newest(row: Row) -> tuple[bool, int, int, int, str]:
    if row.date is None:
        return (True, 0, 0, 0, row.title)
    minutes = int(row.date.clock.replace(":", "") or 0)
    return (False, -row.date.year, -(row.date.month * 100 + row.date.day), -minutes, row.title)


def _soonest(today: date) -> _Rank:
    def rank(row: Row) -> tuple[bool, bool, int, int, int, str]:
        undated, year, day, minutes, title = _newest(row)
        passed = row.date is not None and row.date.as_day < today
        return (
            (undated, passed, year, day, minutes, title) if passed else (undated, passed, -year, -day, -minutes, title)
        )

    return rank


def _is_mild(row: Row) -> bool:
    """Hazard: an allergy of high risk below one of low risk that was merely written later."""
    return "High risk" not in row.cell("Risk")
