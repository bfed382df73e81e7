"""The pages of one record: the whole of it, a section, medicines, results, a test, the timeline, an entry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.pages.messages import NOT_FOUND
from lhcr.portal.pages.parts import Portal
from lhcr.portal.ports import ReadRecord
from lhcr.portal.presenters.dispute import may_be_disputed
from lhcr.portal.presenters.entry import find_entry, present_entry
from lhcr.portal.presenters.notice import present_notice
from lhcr.portal.presenters.own_word import present_opened, ways_to_more
from lhcr.portal.presenters.record import present_record
from lhcr.portal.presenters.section_page import (
    present_medicines_page,
    present_results_page,
    present_section_page,
    present_test_page,
)
from lhcr.portal.presenters.timeline import present_timeline
from lhcr.portal.sending import send
from lhcr.views.assemble import assemble
from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView

_LONGEST_YEAR = 4
#: Makes the page of an assembled record; None where there is no such page.
Present: TypeAlias = Callable[[RecordView, Sequence[Entry], RecordAddresses], object | None]


async def record_page(portal: Portal, request: Request, principal: Principal) -> Response:
    return await _show(portal, request, principal, "record.jinja", lambda view, _, where: present_record(view, where))


async def section_page(portal: Portal, request: Request, principal: Principal) -> Response:
    section = request.path_params["section"]
    return await _show(
        portal, request, principal, "section.jinja", lambda view, _, where: present_section_page(view, where, section)
    )


async def medicines_page(portal: Portal, request: Request, principal: Principal) -> Response:
    return await _show(
        portal, request, principal, "medicines.jinja", lambda view, _, where: present_medicines_page(view, where)
    )


async def results_page(portal: Portal, request: Request, principal: Principal) -> Response:
    return await _show(
        portal, request, principal, "results.jinja", lambda view, _, where: present_results_page(view, where)
    )


async def test_page(portal: Portal, request: Request, principal: Principal) -> Response:
    test = request.path_params["test"]
    return await _show(
        portal, request, principal, "test.jinja", lambda view, _, where: present_test_page(view, where, test)
    )


async def timeline_page(portal: Portal, request: Request, principal: Principal) -> Response:
    year = _year(request.query_params)
    return await _show(
        portal, request, principal, "timeline.jinja", lambda view, _, where: present_timeline(view, where, year=year)
    )


async def entry_page(portal: Portal, request: Request, principal: Principal) -> Response:
    handle = request.path_params["entry"]

    def present(view: RecordView, entries: Sequence[Entry], where: RecordAddresses) -> object | None:
        entry = find_entry(entries, handle, where.handles)
        page = present_entry(view, entries, entry, where) if entry else None
        disputes = portal.disputing is not None and principal.kind is PrincipalKind.CITIZEN
        if page is None or entry is None or not disputes or not may_be_disputed(entry):
            return page
        return replace(page, dispute_href=f"{where.entry(entry.reference)}/wrong")

    return await _show(portal, request, principal, "entry.jinja", present)


async def _show(portal: Portal, request: Request, principal: Principal, template: str, present: Present) -> Response:
    """Read, assemble and render, then send what the log has released.

    A page that is not there is rendered like one that is hidden, and is in the log as the reading that it took.
    """
    key = request.path_params["key"]

    def render(read: ReadRecord) -> Answer:
        view = assemble(
            read.entries,
            completeness=read.completeness,
            table=portal.sections,
            now=portal.clock.now(),
            contributions=read.contributions,
        )
        page = present(view, read.entries, RecordAddresses(key, read.handles))
        if page is None:
            return portal.renderer.answer("message.jinja", {"page": NOT_FOUND}, principal=principal, status=404)
        found = read.completeness
        ways = ways_to_more(portal.openings.ways(principal), objected=found.objected)
        above = {
            "opened": present_opened(read.in_force, key=key, ways=ways, own_only=found.own_only),
            "notice": present_notice(found, principal.kind, key=key, ways=ways, in_force=read.in_force),
        }
        return portal.renderer.answer(template, {"page": page, "wide": True, **above}, principal=principal)

    return send(await portal.records.open_record(principal, key, render=render))


def _year(query: Mapping[str, str]) -> str:
    year = query.get("year", "")
    return year if year.isdecimal() and len(year) == _LONGEST_YEAR else ""
