"""Where somebody begins: their own records, the finder, or what an office or operator can do here today."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.portal.addresses import FIND, record_address
from lhcr.portal.first_page import looks_for_people
from lhcr.portal.pages.parts import Portal
from lhcr.portal.ports import OpenRecord
from lhcr.portal.presenters.desk import present_desk
from lhcr.portal.presenters.own_records import present_own_records
from lhcr.portal.sending import send


async def home_page(portal: Portal, request: Request, principal: Principal) -> Response:  # noqa: ARG001
    if looks_for_people(principal):
        return RedirectResponse(FIND, status_code=303)
    if principal.kind is PrincipalKind.CITIZEN:
        return await _own_records(portal, principal)
    return portal.renderer.page("desk.jinja", {"page": present_desk(principal.kind)}, principal=principal)


async def _own_records(portal: Portal, principal: Principal) -> Response:
    """The records that the citizen may open, or the record itself where there is just one."""

    def render(found: Sequence[OpenRecord]) -> Answer:
        if len(found) == 1:
            return Answer(status=303, headers=(("location", record_address(found[0].key)),))
        return portal.renderer.answer("own-records.jinja", {"page": present_own_records(found)}, principal=principal)

    return send(await portal.citizens.find(principal, render=render))
