"""A record as a reader sees it: banner, sections in the standard's order, what else there is, and how complete it is."""

from dataclasses import dataclass
from datetime import date

from lhcr.views.allergies import AllergyLine
from lhcr.views.completeness import Completeness
from lhcr.views.difference import Difference
from lhcr.views.medicines import Medicine
from lhcr.views.nothing import Nothing
from lhcr.views.person import Banner, Fact
from lhcr.views.row import Row
from lhcr.views.sections.table import Section
from lhcr.views.series import Test


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """One section: rows or facts, tests where results repeat, what is to be said of absence, and how many were removed.

    `removed` counts entries that their source marked as entered in error: they are never shown as facts, and never
    silently left out.
    """

    section: Section
    rows: tuple[Row, ...] = ()
    facts: tuple[Fact, ...] = ()
    tests: tuple[Test, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    nothings: tuple[Nothing, ...] = ()
    removed: int = 0

    @property
    def entries(self) -> int:
        """How many entries stand behind what is shown."""
        return sum(len(row.origins) for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """Everything that pages show of one person. `hides_places`: where they live is withheld from the reader."""

    banner: Banner
    differences: tuple[Difference, ...]
    allergies: AllergyLine
    sections: tuple[SectionView, ...]
    other: SectionView
    completeness: Completeness
    hides_places: bool
    table_version: str
    today: date

    def section(self, key: str) -> SectionView | None:
        return next((view for view in self.all_sections if view.section.key == key), None)

    @property
    def all_sections(self) -> tuple[SectionView, ...]:
        return (*self.sections, self.other)

    @property
    def removed(self) -> int:
        return sum(view.removed for view in self.all_sections)

    def row(self, reference: str) -> Row | None:
        """The row behind which an entry stands."""
        found = self._place(reference)
        return found[1] if found else None

    def section_of(self, reference: str) -> SectionView | None:
        """The section in which an entry is shown; None for one that is closed to the reader or was removed."""
        found = self._place(reference)
        return found[0] if found else None

    def _place(self, reference: str) -> tuple[SectionView, Row] | None:
        for view in self.all_sections:
            for row in view.rows:
                if any(origin.reference == reference for origin in row.origins):
                    return view, row
        return None
