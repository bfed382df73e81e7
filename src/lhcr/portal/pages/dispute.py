"""The page on which a person says that an entry of their record is wrong. To anybody else it does not exist."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Conflict
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.disputing import Disputing
from lhcr.portal.pages.messages import NOT_FOUND, MessagePage, message
from lhcr.portal.pages.parts import Portal, signed_in_page
from lhcr.portal.pages.small_form import read_form
from lhcr.portal.ports import ReadRecord
from lhcr.portal.presenters.dispute import present_dispute, read_dispute
from lhcr.portal.presenters.entry import find_entry
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.sending import send
from lhcr.views.assemble import assemble

_ADDRESS = "/record/{key}/entry/{entry}/wrong"
_TOO_MANY = MessagePage(
    title="You have said this many times",
    why="Nothing was sent this time. The organisation that wrote the entry has been asked.",
    next=("Telephone that organisation if you cannot wait for its answer.",),
)


def dispute_routes(portal: Portal, disputing: Disputing) -> list[BaseRoute]:
    pages = DisputePages(disputing)
    return [
        Route(_ADDRESS, signed_in_page(portal, pages.form), methods=["GET"]),
        Route(_ADDRESS, signed_in_page(portal, pages.send), methods=["POST"]),
    ]


class DisputePages:
    def __init__(self, disputing: Disputing) -> None:
        self._disputing = disputing

    async def form(self, portal: Portal, request: Request, principal: Principal) -> Response:
        answer, _ = await self._read(portal, request, principal, {}, {})
        return answer

    async def send(self, portal: Portal, request: Request, principal: Principal) -> Response:
        """Ask the source, or say what is wrong with what was sent (422)."""
        require_same_origin(request)
        values = await read_form(request)
        words, errors = read_dispute(values)
        answer, reference = await self._read(portal, request, principal, values, errors)
        if errors or not reference:
            return answer
        try:
            await self._disputing.dispute(principal, request.path_params["key"], reference, words=words)
        except Conflict as error:
            return message(portal.renderer, _TOO_MANY, status=error.status, principal=principal)
        return RedirectResponse(request.url.path.removesuffix("/wrong"), status_code=303)

    async def _read(
        self,
        portal: Portal,
        request: Request,
        principal: Principal,
        values: Mapping[str, str],
        errors: Mapping[str, str],
    ) -> tuple[Response, str]:
        """Return the form over the record as its reader sees it, and the entry's name, empty where it is not there."""
        if principal.kind is not PrincipalKind.CITIZEN:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal), ""
        key, handle, found = request.path_params["key"], request.path_params["entry"], [""]

        def render(read: ReadRecord) -> Answer:
            entry = find_entry(read.entries, handle, read.handles)
            view = assemble(read.entries, completeness=read.completeness, table=portal.sections, now=portal.clock.now())
            back = RecordAddresses(key, read.handles).entry(entry.reference) if entry else ""
            page = (
                present_dispute(view, entry, action=request.url.path, back=back, values=values, errors=errors)
                if entry
                else None
            )
            if entry is None or page is None:
                return portal.renderer.answer("message.jinja", {"page": NOT_FOUND}, principal=principal, status=404)
            found[0] = entry.reference
            status = 422 if errors else 200
            return portal.renderer.answer("dispute.jinja", {"page": page}, principal=principal, status=status)

        return send(await portal.records.open_record(principal, key, render=render)), found[0]
