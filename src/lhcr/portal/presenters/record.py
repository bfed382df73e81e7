"""The record page: what matters first at a glance, then every section in the standard's order."""

from dataclasses import dataclass

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.banner import BannerPage, present_banner
from lhcr.portal.presenters.completeness import CompletenessPage, present_completeness
from lhcr.portal.presenters.measured import TestLine, present_tests
from lhcr.portal.presenters.row import RowPage, present_table
from lhcr.portal.presenters.section import NothingPage, SectionPage, present_nothing, present_section, removed_words
from lhcr.views.nothing import Kind
from lhcr.views.record_view import RecordView, SectionView
from lhcr.views.series import Test

_GLANCED = ("results", "examination-findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    title: str
    href: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """`filled` sections stand as cards; `bare` ones, of which there is only a kind of nothing to say, in one list."""

    banner: BannerPage
    where: RecordAddresses
    completeness: CompletenessPage
    alerts: tuple[RowPage, ...]
    alert_gaps: tuple[NothingPage, ...]
    medicines: SectionPage
    allergies: SectionPage
    latest: tuple[TestLine, ...]
    filled: tuple[SectionPage, ...]
    bare: tuple[tuple[str, tuple[NothingPage, ...]], ...]
    nav: tuple[NavItem, ...]
    removed: str
    table_version: str


def present_record(view: RecordView, key: str) -> RecordPage:
    where = RecordAddresses(key)
    sections = [present_section(section, where) for section in view.all_sections]
    by_key = {section.key: section for section in sections}
    filled = tuple(section for section in sections if section.filled or _must_stand(view, section.key))
    return RecordPage(
        banner=present_banner(view),
        where=where,
        completeness=present_completeness(view.completeness),
        alerts=_rows(view.section("alerts"), where),
        alert_gaps=by_key["alerts"].nothings,
        medicines=by_key["medicines"],
        allergies=by_key["allergies"],
        latest=_latest(view, where),
        filled=filled,
        bare=_bare(view, filled),
        nav=tuple(NavItem(title=s.title, href=f"#{s.key}", count=s.count) for s in filled),
        removed=removed_words(view.removed),
        table_version=view.table_version,
    )


def _must_stand(view: RecordView, key: str) -> bool:
    """Sections worked out in full stand even when they are empty, so that their kind of nothing is read."""
    section = view.section(key)
    return section is not None and section.section.full


def _bare(view: RecordView, filled: tuple[SectionPage, ...]) -> tuple[tuple[str, tuple[NothingPage, ...]], ...]:
    standing = {section.key for section in filled}
    return tuple(
        (section.section.title, tuple(present_nothing(nothing) for nothing in section.nothings))
        for section in view.sections
        if section.section.key not in standing
        and any(nothing.kind is not Kind.NOT_REACHED for nothing in section.nothings)
    )


def _rows(section: SectionView | None, where: RecordAddresses) -> tuple[RowPage, ...]:
    if section is None:
        return ()
    rows = [row for row in section.rows if row.status.state.value not in {"past", "removed"}]
    return present_table(section.section.title, rows, where).rows


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
