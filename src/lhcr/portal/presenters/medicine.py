"""Medicines as groups of lines: name, dose, reason, change and source, with what was supplied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.row import TablePage, Tag, alarms_of, conflict_of, origin_of, present_table, tags_of
from lhcr.portal.presenters.supply import DOSE, ROUTE, SupplyApart, supply_apart, supply_of, supply_words
from lhcr.views.coded_dose import CODED_DIFFERENTLY
from lhcr.views.medicines import Medicine, MedicineGroup
from lhcr.views.row import Row

_CHECK = ": check before relying on either."
_AGREED = "Recorded more than once"
_FOLDED = frozenset({MedicineGroup.STOPPED})
_KINDS = {
    "MedicationRequest": "Prescribed by",
    "MedicationStatement": "Recorded by",
    "MedicationDispense": "Supplied by",
    "MedicationAdministration": "Given by",
}


@dataclass(frozen=True, slots=True)
class SaidBy:
    """One entry behind a line: who says so, since when, and the way to it."""

    words: str
    name: str
    since: str
    course: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineLine:
    """One dose of a medicine with everyone who says so. `repeated` is set on the further doses of one medicine.

    `supplied` is of this very dose; `apart`, on the last line of a medicine, is its latest supply where that is of none of them.
    """

    href: str
    name: str
    repeated: bool
    tags: tuple[Tag, ...]
    alarms: tuple[Tag, ...]
    dose: tuple[str, ...]
    route: tuple[str, ...]
    reason: tuple[str, ...]
    change: tuple[str, ...]
    said_by: tuple[SaidBy, ...]
    supplied: str
    warning: str
    apart: SupplyApart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineGroupPage:
    """A group with its lines; `folded` groups stand closed under their title until they are opened."""

    key: str
    title: str
    folded: bool
    count: int
    lines: tuple[MedicineLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineHistory:
    """Everything recorded of one medicine, newest first."""

    anchor: str
    name: str
    group: str
    table: TablePage


def present_medicines(
    medicines: Sequence[Medicine], where: RecordAddresses, *, whole: bool
) -> tuple[MedicineGroupPage, ...]:
    """The groups that hold something. Hazard: a medicine in force left off a first page; only past ones are shortened."""
    groups = []
    for group in MedicineGroup:
        found = [medicine for medicine in medicines if medicine.group is group]
        shown = found if whole or group not in _FOLDED else found[:20]
        lines = [line for medicine in shown for line in _lines(medicine, where)]
        if lines:
            groups.append(_group(group, len(found), lines))
    return tuple(groups)


def present_histories(medicines: Sequence[Medicine], where: RecordAddresses) -> tuple[MedicineHistory, ...]:
    """What changed over time, for each medicine of which more than one thing is recorded."""
    return tuple(
        MedicineHistory(
            anchor=f"history-{index}",
            name=medicine.name,
            group=medicine.group.value,
            table=present_table(f"Everything recorded of {medicine.name}", _every(medicine), where, first="Medicine"),
        )
        for index, medicine in enumerate(medicines)
        if len(_every(medicine)) > 1
    )


def _every(medicine: Medicine) -> list[Row]:
    rows = list(dict.fromkeys((*medicine.rows, *medicine.supplies)))
    return sorted(rows, key=lambda row: (row.date is not None, row.date), reverse=True) if _dated(rows) else rows


def _dated(rows: list[Row]) -> bool:
    return all(row.date is not None for row in rows)


def _group(group: MedicineGroup, count: int, lines: list[MedicineLine]) -> MedicineGroupPage:
    return MedicineGroupPage(
        key=group.name.lower().replace("_", "-"),
        title=group.value,
        folded=group in _FOLDED,
        count=count,
        lines=tuple(lines),
    )


def _lines(medicine: Medicine, where: RecordAddresses) -> list[MedicineLine]:
    """One line for each dose in force. Hazard: two doses made into one; name, dose, route and status must all agree.

    Hazard: the newest supply told nowhere. It stands on its own unless one of the lines has told it.
    """
    agreeing = _agreeing(medicine.in_force)
    supplies = [supply_of(medicine, rows) for rows in agreeing]
    lines = [
        _line(rows, supply, where, first=index == 0)
        for index, (rows, supply) in enumerate(zip(agreeing, supplies, strict=True))
    ]
    apart = supply_apart(medicine, (*medicine.in_force, *filter(None, supplies)), where)
    return [*lines[:-1], replace(lines[-1], apart=apart)]


def _agreeing(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows of one name, dose, status and route together. One that leaves the route out is of the only route that is said, if one is."""
    alike: dict[object, list[Row]] = {}
    routes: dict[object, set[tuple[str, ...]]] = {}
    for row in rows:
        routes.setdefault(_same_dose(row), set()).update(filter(None, [row.cell(ROUTE)]))
    for row in rows:
        route = row.cell(ROUTE) if len(routes[_same_dose(row)]) > 1 else ()
        alike.setdefault((_same_dose(row), route), []).append(row)
    return list(alike.values())


def _same_dose(row: Row) -> object:
    return (row.title, row.cell(DOSE), row.status)


def _line(rows: list[Row], supply: Row | None, where: RecordAddresses, *, first: bool) -> MedicineLine:
    row = rows[0]
    return MedicineLine(
        href=where.entry(row.reference),
        name=row.title,
        repeated=not first,
        tags=tuple(tag for tag in tags_of(row) if tag.words != _AGREED),
        alarms=(*alarms_of(row), *_contradiction(row)),
        dose=row.cell(DOSE) or ("Dose not recorded",),
        route=_union(rows, ROUTE),
        reason=_union(rows, "Reason"),
        change=tuple(dict.fromkeys((*_union(rows, "Change"), *(line for one in rows for line in one.detail)))),
        said_by=tuple(_said_by(one, where) for one in rows),
        supplied="" if supply in rows else supply_words(supply),
        warning=" ".join(
            filter(None, (conflict_of(row.marks), *(f"{tag.words}{_CHECK}" for tag in _contradiction(row))))
        ),
    )


def _contradiction(row: Row) -> tuple[Tag, ...]:
    """Hazard: overdose. An entry of which the words say one dose and the code another is a conflict by itself."""
    differs = any(line.startswith(CODED_DIFFERENTLY) for line in row.cell(DOSE))
    return (Tag("Words and code differ in dose", "red"),) if differs else ()


def _said_by(row: Row, where: RecordAddresses) -> SaidBy:
    since = f"{row.date_label} {row.date.shown}" if row.date else "date not recorded"
    return SaidBy(
        words=f"{_KINDS.get(row.kind, 'From')} {origin_of(row)}",
        name=origin_of(row),
        since=since,
        course=row.cell("Started and ended"),
        href=where.entry(row.reference),
    )


def _union(rows: list[Row], label: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for row in rows for line in row.cell(label)))
