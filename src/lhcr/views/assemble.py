"""Assembling a record view from the entries that a decision released."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from lhcr.kernel.json_types import JsonObject
from lhcr.views.allergies import AllergyLine, read_allergy_line
from lhcr.views.completeness import Completeness, Whereabouts
from lhcr.views.demographics import demographic_facts, difference_facts, practice_facts
from lhcr.views.devices import device_of, join_devices
from lhcr.views.difference import differences
from lhcr.views.dispute import disputes_of, marked
from lhcr.views.entry import Entry
from lhcr.views.fold import compare, fold
from lhcr.views.medicines import gather
from lhcr.views.names import Names
from lhcr.views.nothing import nothings_of
from lhcr.views.person import Fact, is_restricted, read_banner
from lhcr.views.read_row import RowReader
from lhcr.views.record_view import RecordView, SectionView
from lhcr.views.row import Row
from lhcr.views.row_order import in_order
from lhcr.views.sections.route import Router
from lhcr.views.sections.table import Section, SectionTable
from lhcr.views.series import read_tests
from lhcr.views.state import State

_EMPTY: frozenset[str] = frozenset()
_ALLERGIES = "allergies"
_ALLERGY = "AllergyIntolerance"


def assemble(
    entries: Iterable[Entry],
    *,
    completeness: Completeness,
    table: SectionTable,
    now: datetime,
    contributions: Iterable[Entry] = (),
) -> RecordView:
    """The record of one person by the given version of the section table, as of `now`. `contributions` are the Patients from
    which the one among the entries was folded, each with its source, where there are several.

    Every entry is in exactly one section, or in other information; an entry of a section that the reader's role may not
    see is left out of that section, and the section says that it is closed, whether or not there was one.
    """
    return _Assembly(tuple(entries), completeness, table, now, tuple(contributions)).view()


def other_section(table: SectionTable) -> Section:
    """Where entries stand that no section claims, with the generic columns."""
    columns = next(section.columns for section in table.sections if not section.full)
    return Section(
        number=len(table.sections) + 1,
        key="other",
        title="Other information",
        rules=(),
        headings=_EMPTY,
        columns=columns,
        full=False,
        layout="rows",
        compare=(),
        same="",
        order="",
    )


class _Assembly:
    def __init__(
        self,
        entries: tuple[Entry, ...],
        completeness: Completeness,
        table: SectionTable,
        now: datetime,
        contributions: tuple[Entry, ...],
    ) -> None:
        self._entries = entries
        self._completeness = completeness
        self._table = table
        self._today = now.date()
        self._names = Names(entries)
        self._rows = RowReader(table, self._names, self._today)
        self._patients = tuple(entry for entry in entries if entry.kind == "Patient")
        self._said = contributions or self._patients
        self._differences = differences(self._said)
        # Hazard: the address of a restricted person, told by the copy of a source that does not know of the restriction.
        restricted = any(is_restricted(entry.resource) for entry in (*self._patients, *self._said))
        self._hides_places = restricted and completeness.whereabouts is Whereabouts.WITHHELD
        self._disputes = disputes_of(entries)
        self._resources: dict[str, JsonObject] = {entry.reference: entry.resource for entry in entries}

    def view(self) -> RecordView:
        placed = self._place()
        other = other_section(self._table)
        sections = tuple(self._section(section, placed.get(section.key, ())) for section in self._table.sections)
        return RecordView(
            banner=read_banner([entry.resource for entry in self._patients], today=self._today),
            differences=self._differences,
            allergies=self._allergy_line(placed, sections),
            sections=sections,
            other=self._section(other, placed.get(other.key, ())),
            completeness=self._completeness,
            hides_places=self._hides_places,
            table_version=self._table.version,
            today=self._today,
        )

    def _place(self) -> dict[str, list[Entry]]:
        router, placed = Router(self._table), dict[str, list[Entry]]()
        for entry in self._entries:
            section = router.section_of(device_of(entry.resource, self._names) or entry.resource)
            placed.setdefault(section.key if section else "other", []).append(entry)
        return placed

    def _allergy_line(self, placed: Mapping[str, Sequence[Entry]], views: Sequence[SectionView]) -> AllergyLine:
        """Hazard: allergy dropped. Every AllergyIntolerance is read for the line, whatever its section."""
        view = next((view for view in views if view.section.key == _ALLERGIES), None)
        elsewhere = [
            entry for key, entries in placed.items() if key != _ALLERGIES for entry in entries if entry.kind == _ALLERGY
        ]
        if elsewhere:
            section = view.section if view else other_section(self._table)
            view = self._section(section, [*placed.get(_ALLERGIES, ()), *elsewhere])
        return read_allergy_line(view.rows, view.nothings) if view else read_allergy_line((), ())

    def _section(self, section: Section, entries: Sequence[Entry]) -> SectionView:
        if section.key in self._completeness.closed:
            nothings = nothings_of(section.key, section.title, (), self._completeness)
            return SectionView(section=section, nothings=nothings)
        read = [self._rows.read(entry, section) for entry in entries if not self._is_fact_sheet(section, entry)]
        kept = [row for row in read if row.status.state is not State.REMOVED]
        rows = self._arranged(section, kept)
        facts = self._facts(section)
        nothings = () if facts else nothings_of(section.key, section.title, rows, self._completeness)
        return SectionView(
            section=section,
            rows=rows,
            facts=facts,
            tests=read_tests(rows, self._resources) if section.layout == "results" else (),
            medicines=gather(rows, today=self._today) if section.layout == "medicines" else (),
            nothings=nothings,
            removed=len(read) - len(kept),
        )

    def _arranged(self, section: Section, rows: list[Row]) -> tuple[Row, ...]:
        folded = fold(join_devices(rows, self._resources, self._names))
        compared = compare(folded, columns=section.compare) if section.same else folded
        compared = tuple(marked(row, self._disputes) for row in compared) if self._disputes else compared
        return in_order(compared, order=section.order, today=self._today)

    def _is_fact_sheet(self, section: Section, entry: Entry) -> bool:
        return section.key == "demographics" and entry.kind == "Patient"

    def _facts(self, section: Section) -> tuple[Fact, ...]:
        hidden = self._hides_places
        if section.key == "demographics":
            return (*difference_facts(self._differences), *demographic_facts(self._said, self._names, hidden=hidden))
        return practice_facts(self._said, self._names, hidden=hidden) if section.key == "gp-practice" else ()
