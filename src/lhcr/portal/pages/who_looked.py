"""The page on which somebody reads who has looked at their record, and the proof of each entry there."""

from starlette.requests import Request
from starlette.responses import Response

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Unavailable
from lhcr.portal import page_place
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.pages.messages import NOT_FOUND, MessagePage, message
from lhcr.portal.pages.parts import Portal
from lhcr.portal.ports import ReadRecord
from lhcr.portal.presenters.who_looked import present_who_looked
from lhcr.portal.sending import send
from lhcr.views.assemble import assemble

_NOT_YET = MessagePage(
    title="This proof is not ready yet",
    why="The log is signed at least once a minute, and this entry has not been signed yet.",
    next=("Try again in a minute.",),
)
_NOT_SIGNED = "entry-not-signed"


async def proof_file(portal: Portal, request: Request, principal: Principal) -> Response:
    """The proof that an entry that the page shows stands in the log, as a file that anybody can check without the log."""
    if principal.kind is not PrincipalKind.CITIZEN:
        return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
    named = request.path_params
    event_id = page_place.event_id_of(named["event"])
    try:
        return send(await portal.history.proof(principal, named["key"], event_id, handle=named["handle"]))
    except Unavailable as error:
        if error.issues[0].error != _NOT_SIGNED:
            raise
        return message(portal.renderer, _NOT_YET, status=error.status, principal=principal)


async def who_looked_page(portal: Portal, request: Request, principal: Principal) -> Response:
    """Read the log, then the record, which says what may be told of its entries; each is decided and logged.

    It is a page for people about themselves: to anybody else it does not exist.
    """
    if principal.kind is not PrincipalKind.CITIZEN:
        return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
    key, before = request.path_params["key"], page_place.read(request.query_params.get("before", ""))
    log = await portal.history.about(principal, key, before=before)
    asked = await portal.office.asked.asked(principal, key) if portal.office else None

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
            asked=asked,
        )
        return portal.renderer.answer("who-looked.jinja", {"page": page, "wide": True}, principal=principal)

    return send(await portal.records.open_record(principal, key, render=render))
