"""The pages of one record: the whole of it, a section, medicines, results, a test, the timeline, an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Issue, NotFound
from lhcr.portal.pages.parts import Portal
from lhcr.portal.presenters.entry import find_entry, present_entry
from lhcr.portal.presenters.record import present_record
from lhcr.portal.presenters.section_page import (
    present_medicines_page,
    present_results_page,
    present_section_page,
    present_test_page,
)
from lhcr.portal.presenters.timeline import present_timeline
from lhcr.views.assemble import assemble
from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView

_LONGEST_YEAR = 4


@dataclass(frozen=True, slots=True)
class _Opened:
    view: RecordView
    entries: Sequence[Entry]
    key: str


async def record_page(portal: Portal, request: Request, principal: Principal) -> Response:
    opened = await _open(portal, request, principal)
    return _page(portal, principal, "record.jinja", present_record(opened.view, opened.key))


async def section_page(portal: Portal, request: Request, principal: Principal) -> Response:
    opened = await _open(portal, request, principal)
    page = present_section_page(opened.view, opened.key, request.path_params["section"])
    return _page(portal, principal, "section.jinja", page)


async def medicines_page(portal: Portal, request: Request, principal: Principal) -> Response:
    opened = await _open(portal, request, principal)
    return _page(portal, principal, "medicines.jinja", present_medicines_page(opened.view, opened.key))


async def results_page(portal: Portal, request: Request, principal: Principal) -> Response:
    opened = await _open(portal, request, principal)
    return _page(portal, principal, "results.jinja", present_results_page(opened.view, opened.key))


async def test_page(portal: Portal, request: Request, principal: Principal) -> Response:
    opened = await _open(portal, request, principal)
    page = present_test_page(opened.view, opened.key, request.path_params["test"])
    return _page(portal, principal, "test.jinja", page)


async def timeline_page(portal: Portal, request: Request, principal: Principal) -> Response:
    opened = await _open(portal, request, principal)
    page = present_timeline(opened.view, opened.key, year=_year(request.query_params))
    return _page(portal, principal, "timeline.jinja", page)


async def entry_page(portal: Portal, request: Request, principal: Principal) -> Response:
    opened = await _open(portal, request, principal)
    entry = find_entry(opened.entries, request.path_params["entry"])
    page = present_entry(opened.view, opened.entries, entry, opened.key) if entry else None
    return _page(portal, principal, "entry.jinja", page)


async def _open(portal: Portal, request: Request, principal: Principal) -> _Opened:
    key = request.path_params["key"]
    read = await portal.records.read_record(principal, key)
    view = assemble(read.entries, completeness=read.completeness, table=portal.sections, now=portal.clock.now())
    return _Opened(view, read.entries, key)


def _page(portal: Portal, principal: Principal, template: str, page: object | None) -> Response:
    """Raises NotFound for no page: what is hidden and what is not there read the same."""
    if page is None:
        raise NotFound([Issue(code="not-found", error="not-found", diagnostics="There is no such page.")])
    return portal.renderer.page(template, {"page": page, "wide": True}, principal=principal)


def _year(query: Mapping[str, str]) -> str:
    year = query.get("year", "")
    return year if year.isdecimal() and len(year) == _LONGEST_YEAR else ""
