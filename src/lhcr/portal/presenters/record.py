"""The record page: what matters first at a glance, then every section in the standard's order."""

from dataclasses import dataclass, replace

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.allergy import AllergyGlance, present_allergies
from lhcr.portal.presenters.banner import BannerPage, present_banner
from lhcr.portal.presenters.completeness import CompletenessPage, present_completeness
from lhcr.portal.presenters.measured import TestLine, present_tests
from lhcr.portal.presenters.row import RowPage, present_row
from lhcr.portal.presenters.section import NothingPage, SectionPage, present_nothing, present_section, removed_words
from lhcr.views.nothing import Kind, Nothing, in_one_sentence, not_allowed, nothing_recorded
from lhcr.views.record_view import RecordView, SectionView
from lhcr.views.row import Row
from lhcr.views.series import Test
from lhcr.views.state import State

_HEEDED = ("alerts", "safeguarding", "end-of-life", "individual-requirements")
_DECISIVE = frozenset({"demographics", "alerts", "allergies", "medicines", "problems", "results"})
_WISHES = "end-of-life"
_FEW = 3
_IN_FORCE = frozenset({State.CURRENT, State.UNKNOWN, State.PLANNED})
_TOGETHER = frozenset({Kind.NOTHING_RECORDED.value, Kind.NOT_ALLOWED.value})
_GLANCED = ("results", "examination-findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    title: str
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class HeedLine:
    """What must be heeded before anything else: an alert, a safeguarding concern, an adjustment, a decision about dying.

    `more` counts the rows of the same section that are left to its own page, said on the last line of a section.
    """

    section: str
    row: RowPage
    told: str
    more: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """`filled` sections stand as cards. Of the others, `bare` say what they have to say of absence, one by one;
    `unrecorded` names those in which nothing is recorded, in a sentence,
    and `closed` those that the reader may not see.
    """

    banner: BannerPage
    where: RecordAddresses
    completeness: CompletenessPage
    heeds: tuple[HeedLine, ...]
    medicines: SectionPage
    no_medicine: str
    allergies: tuple[AllergyGlance, ...]
    latest: tuple[TestLine, ...]
    latest_nothings: tuple[NothingPage, ...]
    filled: tuple[SectionPage, ...]
    bare: tuple[tuple[str, tuple[NothingPage, ...]], ...]
    unrecorded: str
    closed: str
    nav: tuple[NavItem, ...]
    removed: str
    table_version: str


def present_record(view: RecordView, where: RecordAddresses) -> RecordPage:
    sections = [_said_where_it_decides(present_section(section, where)) for section in view.all_sections]
    by_key = {section.key: section for section in sections}
    filled = tuple(
        section for section in sections if section.filled or section.removed or _must_stand(view, section.key)
    )
    bare = _bare(view, filled)
    return RecordPage(
        banner=present_banner(view),
        where=where,
        completeness=present_completeness(view),
        heeds=tuple(line for key in _HEEDED for line in _heeds(view.section(key), where)),
        medicines=by_key["medicines"],
        no_medicine=_no_medicine(by_key["medicines"], narrowed=view.completeness.is_narrowed("medicines")),
        allergies=present_allergies(view.section("allergies"), where),
        latest=_latest(view, where),
        latest_nothings=by_key["results"].nothings,
        filled=filled,
        bare=tuple((title, nothings) for title, nothings in bare if _kind(nothings) not in _TOGETHER),
        unrecorded=_together(bare, Kind.NOTHING_RECORDED, narrowed=view.completeness.limits),
        closed=_together(bare, Kind.NOT_ALLOWED),
        nav=tuple(NavItem(title=s.title, href=f"#{s.key}", count=s.count) for s in filled),
        removed=removed_words(view.removed),
        table_version=view.table_version,
    )


def _said_where_it_decides(section: SectionPage) -> SectionPage:
    """The top of the page says what is not shared; of the cards those repeat it whose absence decides something."""
    if section.key in _DECISIVE:
        return section
    kept = tuple(nothing for nothing in section.nothings if nothing.kind != Kind.NOT_SHARED.value)
    return replace(section, nothings=kept)


def _no_medicine(section: SectionPage, *, narrowed: bool) -> str:
    """What is said where only past medicines are here. Hazard: "none" said to somebody from whom entries are kept."""
    if not section.medicines or not all(group.folded for group in section.medicines):
        return ""
    seen = " that you may see" if narrowed else ""
    return f"No current medicine{seen} is recorded. This does not mean that there is none. Past medicines are below."


def _must_stand(view: RecordView, key: str) -> bool:
    """Sections whose absence decides something stand even when they are empty, so that their kind of nothing is read.

    To a reader from whom a section is closed that is said once for all of them.
    """
    return key in _DECISIVE and key not in view.completeness.closed


def _bare(view: RecordView, filled: tuple[SectionPage, ...]) -> tuple[tuple[str, tuple[NothingPage, ...]], ...]:
    standing = {section.key for section in filled}
    return tuple(
        (section.section.title, tuple(present_nothing(nothing) for nothing in _said_once(section.nothings)))
        for section in view.sections
        if section.section.key not in standing
        and any(nothing.kind is not Kind.NOT_REACHED for nothing in section.nothings)
    )


def _said_once(nothings: tuple[Nothing, ...]) -> tuple[Nothing, ...]:
    """What agreements keep is said at the top of the page, so that nobody reads it for each of thirty sections."""
    return tuple(nothing for nothing in nothings if nothing.kind is not Kind.NOT_SHARED) or nothings


def _kind(nothings: tuple[NothingPage, ...]) -> str:
    """The kind of nothing of a section that has just one to say of."""
    return nothings[0].kind if len(nothings) == 1 else ""


def _together(bare: tuple[tuple[str, tuple[NothingPage, ...]], ...], kind: Kind, *, narrowed: bool = False) -> str:
    """One sentence for all sections that have only this kind of nothing, so that nobody reads it thirty times."""
    titles = [title for title, nothings in bare if _kind(nothings) == kind.value]
    if not titles:
        return ""
    words = in_one_sentence(titles, "or")
    said = not_allowed(words) if kind is Kind.NOT_ALLOWED else nothing_recorded(words, narrowed=narrowed)
    return said.sentence


def _heeds(section: SectionView | None, where: RecordAddresses) -> list[HeedLine]:
    """Rows in force, each with the first thing it decides.

    Hazard: a decision not to resuscitate lost among wishes. It comes first, and only wishes are ever left to the section.
    """
    if section is None:
        return []
    rows = [row for row in section.rows if row.status.state in _IN_FORCE]
    if section.section.key != _WISHES:
        return [_heed(section, row, 0, where) for row in rows]
    first = [row for row in rows if _is_resuscitation(row)]
    shown = (first + [row for row in rows if row not in first])[: max(_FEW, len(first))]
    left = len(rows) - len(shown)
    return [_heed(section, row, left if row is shown[-1] else 0, where) for row in shown]


def _heed(section: SectionView, row: Row, more: int, where: RecordAddresses) -> HeedLine:
    key = section.section.key
    return HeedLine(
        section.section.title, present_row(row, (), where), _decided(section, row), more, where.section(key)
    )


def _is_resuscitation(row: Row) -> bool:
    words = " ".join((row.title, row.subtitle, *row.cell("Decision or plan"))).casefold()
    return "resuscitat" in words or "cpr" in words


def _decided(section: SectionView, row: Row) -> str:
    told = row.cell("Decision or plan") if section.section.key == _WISHES else ()
    return "; ".join(told[:2])


def _latest(view: RecordView, where: RecordAddresses) -> tuple[TestLine, ...]:
    """The newest results of laboratory and bedside together, abnormal or not, eight of them."""
    tests = [test for key in _GLANCED for test in _tests(view.section(key))]
    tests.sort(key=_newest, reverse=True)
    return present_tests(tests[:8], where)


def _tests(section: SectionView | None) -> tuple[Test, ...]:
    return section.tests if section else ()


def _newest(test: Test) -> tuple[int, int, int, str]:
    date = test.latest.date
    return (date.year, date.month, date.day, date.clock) if date else (0, 0, 0, "")
