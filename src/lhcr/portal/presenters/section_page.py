"""Pages of one section, of medicines, of results and of one test."""

from dataclasses import dataclass

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.banner import BannerPage, present_banner
from lhcr.portal.presenters.completeness import CompletenessPage, present_completeness
from lhcr.portal.presenters.measured import TestPage, present_test
from lhcr.portal.presenters.medicine import MedicineHistory, present_histories
from lhcr.portal.presenters.section import SectionPage, present_section
from lhcr.views.record_view import RecordView

_MEASURED = ("results", "examination-findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeSectionPage:
    """`tab` is the record's page to which it belongs; `also` holds further sections, `histories` the medicines over time."""

    banner: BannerPage
    where: RecordAddresses
    completeness: CompletenessPage
    section: SectionPage
    tab: str
    also: tuple[SectionPage, ...] = ()
    histories: tuple[MedicineHistory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeTestPage:
    banner: BannerPage
    where: RecordAddresses
    test: TestPage


def present_section_page(view: RecordView, where: RecordAddresses, section: str) -> WholeSectionPage | None:
    """A section in whole; None where the table has no such section."""
    found = view.section(section)
    if found is None:
        return None
    return WholeSectionPage(
        banner=present_banner(view),
        where=where,
        completeness=present_completeness(view),
        section=present_section(found, where, whole=True),
        tab="",
    )


def present_medicines_page(view: RecordView, where: RecordAddresses) -> WholeSectionPage | None:
    found = view.section("medicines")
    if found is None:
        return None
    return WholeSectionPage(
        banner=present_banner(view),
        where=where,
        completeness=present_completeness(view),
        section=present_section(found, where, whole=True),
        tab="medicines",
        histories=present_histories(found.medicines, where),
    )


def present_results_page(view: RecordView, where: RecordAddresses) -> WholeSectionPage | None:
    """Investigation results, and below them what was found on examination."""
    found = view.section("results")
    if found is None:
        return None
    examined = view.section("examination-findings")
    return WholeSectionPage(
        banner=present_banner(view),
        where=where,
        completeness=present_completeness(view),
        section=present_section(found, where, whole=True),
        tab="results",
        also=(present_section(examined, where, whole=True),) if examined else (),
    )


def present_test_page(view: RecordView, where: RecordAddresses, handle: str) -> WholeTestPage | None:
    """One test's results over time; None where no test that may be seen has this name."""
    sections = [view.section(name) for name in _MEASURED]
    tests = [test for section in sections if section for test in section.tests if where.handles.of(test.key) == handle]
    if not tests:
        return None
    return WholeTestPage(banner=present_banner(view), where=where, test=present_test(tests[0], where))
