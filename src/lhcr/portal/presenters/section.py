"""A section as a card: its tables or facts, what is to be said of absence, and the way to the whole of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.measured import TestLine, present_tests
from lhcr.portal.presenters.medicine import MedicineGroupPage, present_medicines
from lhcr.portal.presenters.row import TablePage, present_table
from lhcr.views.medicines import is_medicine
from lhcr.views.nothing import Kind, Nothing
from lhcr.views.person import Fact
from lhcr.views.record_view import SectionView
from lhcr.views.row import Row
from lhcr.views.state import State

_PREVIEW = 6
_HOLDING = frozenset({State.CURRENT, State.UNKNOWN, State.PLANNED})
#: Where tests carry the section, few of its reports and images are enough at first.
_PREVIEW_BESIDE_TESTS = 3
#: Sections in which a row left off a first page could do harm: every row in force is always shown.
_ALWAYS_WHOLE = frozenset(
    {"allergies", "alerts", "medicines", "end-of-life", "safeguarding", "individual-requirements"}
)


@dataclass(frozen=True, slots=True)
class FactPage:
    """`origin` is empty where every fact of the section comes from the same source, which is then said once."""

    label: str
    lines: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class NothingPage:
    """A sentence about absence; `kind` is its kind, for its look."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    """`more` says what the link to the section's own page shows, empty where all of it is here."""

    key: str
    title: str
    href: str
    count: int
    current: TablePage | None
    past: TablePage | None
    tests: tuple[TestLine, ...]
    medicines: tuple[MedicineGroupPage, ...]
    facts: tuple[FactPage, ...]
    facts_origin: str
    nothings: tuple[NothingPage, ...]
    removed: str
    more: str

    @property
    def filled(self) -> bool:
        return bool(self.current or self.past or self.tests or self.medicines or self.facts)


def present_section(view: SectionView, where: RecordAddresses, *, whole: bool = False) -> SectionPage:
    """The card of a section; `whole` shows every row, otherwise the first few and a link."""
    section = view.section
    rows = [row for row in view.rows if not _elsewhere(view, row)]
    in_force = [row for row in rows if row.status.state is not State.PAST]
    past = [row for row in rows if row.status.state is State.PAST]
    limit = None if whole else _limit(section.key, in_force, beside_tests=bool(view.tests))
    tests = present_tests(view.tests, where)
    shown, rest = in_force[:limit], past[: None if whole else max(0, _PREVIEW - len(in_force))]
    left = len(rows) - len(shown) - len(rest) + (0 if whole else max(0, len(tests) - 2 * _PREVIEW))
    return SectionPage(
        key=section.key,
        title=section.title,
        href=where.section(section.key),
        count=view.entries,
        current=present_table(section.title, shown, where) if shown else None,
        past=present_table(f"{section.title}: past", rest, where) if rest else None,
        tests=tests if whole else tests[: 2 * _PREVIEW],
        medicines=present_medicines(view.medicines, where, whole=whole),
        facts=_facts(view.facts),
        facts_origin=_shared_origin(view.facts),
        nothings=tuple(_beside(rows, nothing) for nothing in view.nothings),
        removed=removed_words(view.removed),
        more=f"Show all {view.entries} entries" if left > 0 else "",
    )


def present_nothing(nothing: Nothing) -> NothingPage:
    return NothingPage(nothing.kind.value, nothing.sentence)


def _beside(rows: Sequence[Row], nothing: Nothing) -> NothingPage:
    """Hazard: "no known allergy" in green above an allergy that holds, and read alone."""
    if nothing.kind is Kind.RECORDED_AS_NONE and any(row.status.state in _HOLDING for row in rows):
        return NothingPage("contradicted", f"{nothing.sentence} This does not agree with what is recorded below.")
    return present_nothing(nothing)


def removed_words(count: int) -> str:
    """Hazard: entries left out without a word. What a source marked as an error is counted."""
    if not count:
        return ""
    entries = "1 entry was" if count == 1 else f"{count} entries were"
    return f"{entries} marked by the source as entered in error and not shown."


def _elsewhere(view: SectionView, row: Row) -> bool:
    """Whether the row is told by the section's own lay-out: as a test, or under its medicine; or as a statement of none."""
    if any(mark.kind == "statement" for mark in row.marks) and row.status.state is not State.NEGATED:
        return True
    if view.section.layout == "results":
        return row.kind == "Observation"
    return view.section.layout == "medicines" and is_medicine(row)


def _limit(key: str, rows: Sequence[Row], *, beside_tests: bool) -> int | None:
    if beside_tests:
        return _PREVIEW_BESIDE_TESTS
    return None if key in _ALWAYS_WHOLE or len(rows) <= _PREVIEW + 2 else _PREVIEW


def _facts(facts: Sequence[Fact]) -> tuple[FactPage, ...]:
    shared = _shared_origin(facts)
    return tuple(FactPage(fact.label, fact.lines, "" if shared else _origin(fact)) for fact in facts)


def _shared_origin(facts: Sequence[Fact]) -> str:
    origins = {_origin(fact) for fact in facts if fact.sources}
    return origins.pop() if len(origins) == 1 else ""


def _origin(fact: Fact) -> str:
    return ", ".join(source.shown for source in fact.sources)
