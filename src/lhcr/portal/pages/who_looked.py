"""The page on which somebody reads who has looked at their record."""

from starlette.requests import Request
from starlette.responses import Response

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.portal import page_place
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.pages.messages import NOT_FOUND, message
from lhcr.portal.pages.parts import Portal
from lhcr.portal.ports import ReadRecord
from lhcr.portal.presenters.who_looked import present_who_looked
from lhcr.portal.sending import send
from lhcr.views.assemble import assemble


async def who_looked_page(portal: Portal, request: Request, principal: Principal) -> Response:
    """Read the log, then the record, which says what may be told of its entries; each is decided and logged.

    It is a page for people about themselves: to anybody else it does not exist.
    """
    if principal.kind is not PrincipalKind.CITIZEN:
        return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
    key, before = request.path_params["key"], page_place.read(request.query_params.get("before", ""))
    log = await portal.history.about(principal, key, before=before)

    def render(read: ReadRecord) -> Answer:
        view = assemble(
            read.entries,
            completeness=read.completeness,
            table=portal.sections,
            now=portal.clock.now(),
            contributions=read.contributions,
        )
        page = present_who_looked(
            view,
            [*read.entries, *read.contributions],
            RecordAddresses(key, read.handles),
            log,
            principal=principal,
            table=portal.sections,
            newest=before is None,
        )
        return portal.renderer.answer("who-looked.jinja", {"page": page, "wide": True}, principal=principal)

    return send(await portal.records.open_record(principal, key, render=render))
