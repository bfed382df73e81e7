"""The allergies line: what the banner says on every page about allergies and adverse reactions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lhcr.views.nothing import Kind, Nothing, states_none
from lhcr.views.row import Row
from lhcr.views.state import State

_IN_FORCE = frozenset({State.CURRENT, State.UNKNOWN, State.PLANNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyLine:
    """Allergies in force, the highest risk first, and what is to be said of absence.

    `contradicted` is set where one source records none and another records an allergy.
    """

    names: tuple[str, ...]
    nothings: tuple[Nothing, ...]
    contradicted: bool = False

    @property
    def tone(self) -> str:
        """`present`, `none`, `unknown` or `closed`, for the look of the line."""
        if self.names:
            return "present"
        kinds = {nothing.kind for nothing in self.nothings}
        if Kind.NOT_ALLOWED in kinds:
            return "closed"
        return "none" if kinds == {Kind.RECORDED_AS_NONE} else "unknown"


def read_allergy_line(rows: Sequence[Row], nothings: tuple[Nothing, ...]) -> AllergyLine:
    """Hazard: an allergy that the banner leaves out. Every one that is not refuted, ended or in error is named, also those
    whose status nobody stated.
    """
    ordered = sorted(in_force(rows), key=lambda row: "High risk" not in row.cell("Risk"))
    names = tuple(dict.fromkeys(_name(row) for row in ordered))
    none_stated = any(states_none(row) for row in rows)
    return AllergyLine(names=names, nothings=nothings, contradicted=bool(names) and none_stated)


def in_force(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The allergies that hold: every row but what was refuted, has ended or says that there is none."""
    return tuple(row for row in rows if row.status.state in _IN_FORCE and not _is_statement(row))


def _name(row: Row) -> str:
    return f"{row.title} (high risk)" if "High risk" in row.cell("Risk") else row.title


def _is_statement(row: Row) -> bool:
    return row.kind == "List" or any(mark.kind in {"statement", "unknown"} for mark in row.marks)
