"""The page on which an office searches the log for what the users of its own organisation did."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from lhcr.audit.answer import Answer
from lhcr.audit.reader import FoundEntries
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.portal import page_place
from lhcr.portal.pages.messages import NOT_FOUND, message
from lhcr.portal.pages.parts import Portal
from lhcr.portal.presenters.office_log import OfficeLogPage, present_log, read_log_form
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.sending import send
from lhcr.portal.traced_people import TracedPerson

_TEMPLATE = "office-log.jinja"


async def log_page(portal: Portal, request: Request, principal: Principal) -> Response:  # noqa: ARG001
    """The empty form. It is a page for an office: to anybody else it does not exist."""
    if principal.kind is not PrincipalKind.OFFICE:
        return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
    page = OfficeLogPage(organisation=principal.organisation_name)
    return portal.renderer.page(_TEMPLATE, {"page": page, "wide": True}, principal=principal)


async def search_log(portal: Portal, request: Request, principal: Principal) -> Response:
    """What was found, or what is wrong with what was asked (422). Whom it is about travels in the body, further pages too."""
    require_same_origin(request)
    if principal.kind is not PrincipalKind.OFFICE:
        return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
    form = await request.form(max_files=0, max_fields=20)
    sent = {name: value for name, value in form.items() if isinstance(value, str)}
    asked = read_log_form(sent)
    if asked.question is None:
        page = OfficeLogPage(organisation=principal.organisation_name, values=asked.values, errors=asked.errors)
        return portal.renderer.page(_TEMPLATE, {"page": page, "wide": True}, principal=principal, status=422)

    def render(found: FoundEntries, people: Mapping[int, TracedPerson]) -> Answer:
        page = present_log(asked, found, people, organisation=principal.organisation_name)
        return portal.renderer.answer(_TEMPLATE, {"page": page, "wide": True}, principal=principal)

    before = page_place.read(sent.get("before", ""))
    return send(await portal.history.of_users(principal, asked.question, before=before, render=render))
