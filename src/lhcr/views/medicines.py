"""Medicines: every statement, prescription, supply and dose of one medicine brought together under its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from lhcr.views.row import STATEMENTS, Mark, Row
from lhcr.views.state import State

_RECENT = timedelta(days=183)
_SUPPLIES = frozenset({"MedicationDispense", "MedicationAdministration"})
_MEDICINES = frozenset({"MedicationStatement", "MedicationRequest", *_SUPPLIES})


class MedicineGroup(Enum):
    """Where a medicine is listed, in the order in which the groups are shown."""

    CURRENT = "Current medicines"
    OVER_THE_COUNTER = "Over the counter and reported by the person"
    SUPPLIED = "Supplied or given in the last 6 months, no current prescription seen here"
    NOT_TAKEN = "Not taken or not to be given"
    STOPPED = "Stopped and past medicines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """One medicine by name: what is said of it (newest first) and when it was supplied or given.

    `rows` are statements and prescriptions, or the supplies where nothing else names the medicine.
    """

    key: str
    name: str
    group: MedicineGroup
    rows: tuple[Row, ...]
    supplies: tuple[Row, ...]

    @property
    def in_force(self) -> tuple[Row, ...]:
        """The rows that a list of current medicines shows; all of them where none is in force."""
        current = tuple(row for row in self.rows if row.status.state in _IN_FORCE)
        return current or self.rows[:1]

    @property
    def earlier(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row not in self.in_force)

    @property
    def conflict(self) -> Mark | None:
        marks = (mark for row in self.in_force for mark in row.marks if mark.kind == "conflict")
        return next(marks, None)

    @property
    def given(self) -> tuple[Row, ...]:
        """The supplies and doses that were not refused or called off, newest first."""
        return _given(self.supplies)

    @property
    def last_supply(self) -> Row | None:
        return next(iter(self.given), None)


_IN_FORCE = frozenset({State.CURRENT, State.PLANNED, State.UNKNOWN})


def is_medicine(row: Row) -> bool:
    return row.kind in _MEDICINES and not any(mark.kind in STATEMENTS for mark in row.marks)


def gather(rows: Iterable[Row], *, today: date) -> tuple[Medicine, ...]:
    """Bring rows together by medicine. Rows come in order, and keep it: groups first, then by name.

    Hazard: a dose from one source that hides another's. Every row in force is kept, side by side.
    """
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        if is_medicine(row) and row.status.state is not State.REMOVED:
            by_key.setdefault(row.key, []).append(row)
    medicines = [_medicine(key, found, today) for key, found in by_key.items()]
    order = list(MedicineGroup)
    return tuple(sorted(medicines, key=lambda medicine: (order.index(medicine.group), medicine.name.casefold())))


def _medicine(key: str, rows: list[Row], today: date) -> Medicine:
    said = tuple(row for row in rows if row.kind not in _SUPPLIES)
    supplies = tuple(row for row in rows if row.kind in _SUPPLIES)
    group = _group(said, supplies, today)
    shown = said or supplies
    return Medicine(key=key, name=shown[0].title, group=group, rows=shown, supplies=supplies)


def _group(said: tuple[Row, ...], supplies: tuple[Row, ...], today: date) -> MedicineGroup:
    current = [row for row in said if row.status.state in _IN_FORCE]
    if current:
        counter = all(_over_the_counter(row) for row in current)
        return MedicineGroup.OVER_THE_COUNTER if counter else MedicineGroup.CURRENT
    given = _given(supplies)
    if any(row.status.state is State.NEGATED for row in said) or not (said or given):
        return MedicineGroup.NOT_TAKEN
    if any(_over_the_counter(row) for row in (*said, *given)) and _recent(said + given, today):
        return MedicineGroup.OVER_THE_COUNTER
    if not said and _recent(given, today):
        return MedicineGroup.SUPPLIED
    return MedicineGroup.STOPPED


def _given(supplies: tuple[Row, ...]) -> tuple[Row, ...]:
    """Hazard: a medicine that was not supplied, or a dose that was not given, counted as one that was."""
    return tuple(row for row in supplies if row.status.state is not State.NEGATED)


def _recent(rows: tuple[Row, ...], today: date) -> bool:
    return any(row.date is not None and row.date.as_day >= today - _RECENT for row in rows)


def _over_the_counter(row: Row) -> bool:
    return any(mark.kind == "over-the-counter" for mark in row.marks)
