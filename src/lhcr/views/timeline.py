"""The timeline: what is to come, soonest first, then every dated row of a record under its month, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from lhcr.views.record_view import RecordView
from lhcr.views.row import Row
from lhcr.views.sections.table import Section
from lhcr.views.state import State

_NO_EVENTS: Final = frozenset({"Provenance", "AuditEvent", "Claim", "ClaimResponse", "ExplanationOfBenefit"})
#: The anchor of what is still to come, which is in no month that has been.
COMING: Final = "coming"


@dataclass(frozen=True, slots=True)
class Event:
    """A row with the section it stands in."""

    section: Section
    row: Row


@dataclass(frozen=True, slots=True)
class Month:
    """The events of one month, of one year where no month was written, or all that are still to come."""

    title: str
    anchor: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is to come, months newest first, and how many entries carry no date: they are on the record page, not here."""

    months: tuple[Month, ...]
    undated: int

    @property
    def years(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(month.anchor[:4] for month in self.months if month.anchor != COMING))


def read_timeline(view: RecordView, *, sections: frozenset[str] = frozenset()) -> Timeline:
    """Every row that was not removed, of all sections or of those named.

    Who wrote an entry is told on that entry's page, and what was charged for it is no event in anybody's life: both are left
    to the record page.
    """
    events = [
        Event(section.section, row)
        for section in view.all_sections
        if not sections or section.section.key in sections
        for row in section.rows
        if row.status.state is not State.REMOVED and row.kind not in _NO_EVENTS
    ]
    dated = sorted((event for event in events if event.row.date), key=_newest, reverse=True)
    coming = tuple(event for event in reversed(dated) if _is_coming(event, view.today))
    past = [event for event in dated if not _is_coming(event, view.today)]
    first = (Month("Coming up", COMING, coming),) if coming else ()
    return Timeline((*first, *_months(past)), len(events) - len(dated))


def _is_coming(event: Event, today: date) -> bool:
    return event.row.date is not None and event.row.date.as_day > today


def _newest(event: Event) -> tuple[object, ...]:
    date = event.row.date
    return (date.year, date.month, date.day, date.clock) if date else ()


def _months(events: Iterable[Event]) -> Iterable[Month]:
    grouped: dict[str, list[Event]] = {}
    for event in events:
        if event.row.date:
            grouped.setdefault(f"{event.row.date.year:04d}-{event.row.date.month:02d}", []).append(event)
    for anchor, found in grouped.items():
        first = found[0].row.date
        yield Month(first.month_title if first else anchor, anchor, tuple(found))
