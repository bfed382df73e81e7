"""The allergies line: what the banner says on every page about allergies and adverse reactions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lhcr.views.nothing import Kind, Nothing, states_none
from lhcr.views.row import STATEMENTS, Row
from lhcr.views.state import State

#: What says in words that no allergy is named.
_ABSENCE = frozenset({Kind.RECORDED_AS_NONE, Kind.NOTHING_RECORDED, Kind.NOT_ALLOWED})
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
    said = nothings if names or not _ABSENCE.isdisjoint(each.kind for each in nothings) else (_absence(rows), *nothings)
    return AllergyLine(names=names, nothings=said, contradicted=bool(names) and none_stated)


def _absence(rows: Sequence[Row]) -> Nothing:
    """Hazard: an empty line read as no allergies, where all that is recorded is past, ruled out or that nobody knows."""
    unknown = [row for row in rows if row.status.state in _IN_FORCE and _is_statement(row)]
    said = [f"{row.title}: recorded by {' and '.join(source.shown for source in row.sources)}." for row in unknown]
    past = "Only allergies that have ended or were ruled out are recorded." if rows else "No allergies were looked at."
    return Nothing(Kind.NOTHING_RECORDED, f"{' '.join(said) or past} This does not mean that there is none.")


def in_force(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The allergies that hold: every row but what was refuted, has ended or says that there is none."""
    return tuple(row for row in rows if row.status.state in _IN_FORCE and not _is_statement(row))


def _name(row: Row) -> str:
    return f"{row.title} (high risk)" if "High risk" in row.cell("Risk") else row.title


def _is_statement(row: Row) -> bool:
    return row.kind == "List" or any(mark.kind in STATEMENTS for mark in row.marks)
