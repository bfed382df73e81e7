"""The page on which somebody says that an access to their record does not look right. To anybody else it does not exist."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.audit.entry import Entry
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Busy, Conflict
from lhcr.portal import page_place
from lhcr.portal.addresses import record_address
from lhcr.portal.pages.messages import NOT_FOUND, MessagePage, message
from lhcr.portal.pages.parts import Portal
from lhcr.portal.pages.small_form import read_form
from lhcr.portal.person_questions import AccessName, AskedByPerson
from lhcr.portal.presenters.person_question import present_question, read_question
from lhcr.portal.same_origin import require_same_origin

_TOO_MANY = MessagePage(
    title="You have asked about many accesses today",
    why="Nothing was sent this time. What you asked before is being looked into.",
    next=("Ask again tomorrow.", "If you cannot wait, telephone the organisation whose name the page shows."),
)
_WAIT = "86400"


class PersonQuestionPages:
    def __init__(self, questions: AskedByPerson) -> None:
        self._questions = questions

    async def form(self, portal: Portal, request: Request, principal: Principal) -> Response:
        if principal.kind is not PrincipalKind.CITIZEN:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
        entry = await self._questions.about(principal, _name(request))
        return self._page(portal, request, principal, entry)

    async def send(self, portal: Portal, request: Request, principal: Principal) -> Response:
        """Open a case, or say what is wrong with what was sent (422). Asking twice about one access is asking once."""
        require_same_origin(request)
        if principal.kind is not PrincipalKind.CITIZEN:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
        values, name = await read_form(request), _name(request)
        asked, errors = read_question(values)
        if asked is None:
            entry = await self._questions.about(principal, name)
            return self._page(portal, request, principal, entry, values=values, errors=errors)
        try:
            await self._questions.ask(principal, name, doubt=asked.doubt, words=asked.words)
        except Conflict:
            pass
        except Busy as error:
            page = message(portal.renderer, _TOO_MANY, status=error.status, principal=principal)
            page.headers["retry-after"] = _WAIT
            return page
        return RedirectResponse(f"{record_address(name.key)}/who-looked#asked", status_code=303)

    def _page(
        self,
        portal: Portal,
        request: Request,
        principal: Principal,
        entry: Entry,
        *,
        values: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> Response:
        back = f"{record_address(_name(request).key)}/who-looked"
        page = present_question(entry, action=request.url.path, back=back, values=values or {}, errors=errors or {})
        status = 422 if errors else 200
        return portal.renderer.page("not-right.jinja", {"page": page}, principal=principal, status=status)


def _name(request: Request) -> AccessName:
    named = request.path_params
    return AccessName(key=named["key"], event_id=page_place.event_id_of(named["event"]), handle=named["handle"])
