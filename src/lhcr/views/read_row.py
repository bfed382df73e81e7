"""Reading a row: an entry's title, cells, date and marks by the section table."""

import re
from datetime import date
from functools import partial
from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import Concept, codes_of, read_concept
from lhcr.views.entry import Entry
from lhcr.views.json_walk import object_of, text_of
from lhcr.views.likeness import key_of
from lhcr.views.names import Names
from lhcr.views.narrative import plain_text
from lhcr.views.path import find
from lhcr.views.qualifier import is_qualified
from lhcr.views.readers import READERS, READS, details
from lhcr.views.row import Cell, Mark, Origin, Row, Told
from lhcr.views.sections.table import Column, Section, SectionTable, TypeReading
from lhcr.views.state import Status, lapsed, read_status
from lhcr.views.statement import statement_of
from lhcr.views.words import Lines, notes_of, words_of
from lhcr.views.written_date import WrittenDate, read_date

_NONE: frozenset[str] = frozenset()
_STATEMENTS = {
    "none": Mark("statement", "Recorded as none"),
    "some": Mark("some", "Says only this, and not that there is none"),
    "unknown": Mark("unknown", "Recorded as not known"),
}
_COUNTER = Mark("over-the-counter", "Bought over the counter or reported by the person")
_COUNTER_CODES = frozenset({"patientspecified", "otc", "over-the-counter"})
_QUALIFIED = Mark(
    "qualifier", "This entry carries a qualifier that may change its meaning. Open it before relying on it."
)


class RowReader:
    """Reads entries into rows with one table, one record's names and one day."""

    def __init__(self, table: SectionTable, names: Names, today: date) -> None:
        self._table = table
        self._names = names
        self._today = today

    def read(self, entry: Entry, section: Section) -> Row:
        """The row of an entry in a section. Never raises on an odd shape: what cannot be told is left to its page."""
        resource, reading = entry.resource, self._reading(entry.kind)
        concept = self._title(resource, reading)
        kind, words = statement_of(resource)
        when, label = _date(resource, reading)
        status = lapsed(read_status(resource), resource, when, self._today)
        return Row(
            kind=entry.kind,
            key=key_of(section.same, entry, concept, when),
            title=words or concept.title or _spaced(entry.kind),
            subtitle=concept.coded_as,
            tell=partial(self._tell, resource, section, words or concept.title, when),
            date=when,
            date_label=label,
            status=status,
            origins=(Origin(entry.reference, entry.source, entry.recorded),),
            marks=self._marks(resource, kind, status),
        )

    def _tell(self, resource: JsonObject, section: Section, title: str, when: WrittenDate | None) -> Told:
        """The cells, without what the title or the date already says."""
        dates = _said_by(when)

        def is_new(line: str) -> bool:
            return line != title and line not in dates and line.partition(": ")[2] not in dates

        cells = []
        for column in section.columns:
            lines = tuple(line for line in self._cell(resource, column, section) if is_new(line))
            cells.append(Cell(column.label, lines, under=column.under))
        detail = self._detail(resource, section, tuple(cells))
        return Told(tuple(cells), tuple(line for line in detail if is_new(line)))

    def _reading(self, kind: str) -> TypeReading:
        return self._table.types.get(kind) or self._table.types[""]

    def _title(self, resource: JsonObject, reading: TypeReading) -> Concept:
        for path in reading.titles:
            for value in find(resource, path):
                concept = self._concept(value, resource)
                if concept.title:
                    return concept
        return Concept("", "", "", "")

    def _concept(self, value: Any, resource: JsonObject) -> Concept:
        if isinstance(value, dict) and ("coding" in value or "code" in value or value.keys() <= {"text", "id"}):
            return read_concept(value)
        if isinstance(value, dict) and "reference" in value:
            return self._referred(value, resource)
        if isinstance(value, str) and value.startswith(("http://", "https://", "urn:")):
            return Concept(_canonical_words(value), "", "", "")
        return Concept("; ".join(words_of(value, self._names, holder=resource)), "", "", "")

    def _referred(self, reference: JsonObject, resource: JsonObject) -> Concept:
        target = self._names.resolve(text_of(reference.get("reference")), holder=resource) or {}
        coded = read_concept(target.get("code"))
        return coded if coded.title else Concept(self._names.words(reference, holder=resource), "", "", "")

    def _cell(self, resource: JsonObject, column: Column, section: Section) -> Lines:
        if column.reader == "details":
            return details(resource, self._names, told=self._told(section, text_of(resource.get("resourceType"))))
        if column.reader:
            return READERS[column.reader](resource, self._names)
        found: list[str] = []
        for path in column.paths:
            for value in find(resource, path):
                found += words_of(value, self._names, holder=resource)
        return tuple(dict.fromkeys(found))

    def _told(self, section: Section, kind: str) -> frozenset[str]:
        """The elements that a row tells by its columns and its date."""
        read = (READS.get(column.reader, _NONE) for column in section.columns)
        return section.told.union(*read, (path[0] for path, _ in self._reading(kind).dates))

    def _detail(self, resource: JsonObject, section: Section, cells: tuple[Cell, ...]) -> Lines:
        lines = notes_of(resource)
        narrative = object_of(resource.get("text"))
        if narrative.get("status") == "additional":
            lines += (plain_text(narrative.get("div")),)
        if not any(cell.lines for cell in cells):
            lines += details(resource, self._names, told=self._told(section, text_of(resource.get("resourceType"))))
        return tuple(dict.fromkeys(line for line in lines if line))

    def _marks(self, resource: JsonObject, statement: str, status: Status) -> tuple[Mark, ...]:
        marks = [_STATEMENTS[statement]] if statement else []
        marks += [_COUNTER] if _is_over_the_counter(resource) else []
        marks += [_QUALIFIED] if is_qualified(resource) else []
        return (*marks, *self._overdue(resource, status))

    def _overdue(self, resource: JsonObject, status: Status) -> tuple[Mark, ...]:
        """An entry said to be active whose own end date has passed: shown as active, and the date said."""
        period = resource.get("period") or resource.get("effectivePeriod")
        if not isinstance(period, dict) or not status.words.startswith("Active"):
            return ()
        end = read_date(period.get("end"))
        passed = end is not None and end.precise and end.as_day < self._today
        return (Mark("overdue", f"Its end date, {end.shown}, has passed"),) if end and passed else ()


def _is_over_the_counter(resource: JsonObject) -> bool:
    medicine = text_of(resource.get("resourceType")).startswith("Medication")
    return medicine and not _COUNTER_CODES.isdisjoint(codes_of(resource.get("category")))


def _said_by(when: WrittenDate | None) -> tuple[str, ...]:
    return (when.shown, when.with_clock, f"From {when.shown}") if when else ()


def _date(resource: JsonObject, reading: TypeReading) -> tuple[WrittenDate | None, str]:
    for path, label in reading.dates:
        for value in find(resource, path):
            written = read_date(value) or _period_date(value)
            if written:
                return written, label
    return None, ""


def _period_date(value: Any) -> WrittenDate | None:
    period = object_of(value)
    timing = [read_date(event) for event in period.get("event", [])] if isinstance(period.get("event"), list) else []
    return read_date(period.get("start")) or read_date(period.get("end")) or next(filter(None, timing), None)


def _canonical_words(address: str) -> str:
    """`urn:lhcr:questionnaire:about-me` as the words of its last part."""
    last = re.split(r"[/:]", address.split("|", maxsplit=1)[0].rstrip("/"))[-1]
    return last.replace("-", " ").replace("_", " ").strip().capitalize()


def _spaced(kind: str) -> str:
    """`DocumentReference` as words, for an entry that names itself by nothing else."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize() or "Entry"
