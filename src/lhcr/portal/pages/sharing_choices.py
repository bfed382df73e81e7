"""The page on which a person chooses who may not see what of their record. To anybody else it does not exist."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Busy, Conflict, Incorrect
from lhcr.portal.addresses import RecordAddresses, sharing_address
from lhcr.portal.pages.messages import NOT_FOUND, MessagePage, message
from lhcr.portal.pages.parts import Page, Portal, signed_in_page
from lhcr.portal.pages.small_form import read_form
from lhcr.portal.ports import ReadRecord
from lhcr.portal.presenters.sharing_choices import present_sharing, read_sharing_form
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.sending import send
from lhcr.portal.sharing_choices import SharingChoices
from lhcr.views.assemble import assemble

_ADDRESS: Final = "/record/{key}/sharing-choices"
_NO_ERRORS: Final[Mapping[str, str]] = {}
#: Seconds after which choices may be changed again.
_WAIT: Final = "86400"
_OFTEN: Final = MessagePage(
    title="These choices have been changed very often today",
    why="Nothing was changed this time. What was chosen before still counts.",
    next=("Change them again tomorrow.", "If you cannot wait, tell your GP practice."),
)
_MANY: Final = MessagePage(
    title="There are very many choices already",
    why="Nothing was changed this time. What was chosen before still counts.",
    next=("Take back choices that you do not need any more.", "Choose that nothing is shared."),
)


def sharing_routes(portal: Portal, choices: SharingChoices) -> list[BaseRoute]:
    pages = SharingPages(choices)
    return [
        Route(_ADDRESS, signed_in_page(portal, pages.show), methods=["GET"]),
        Route(_ADDRESS, signed_in_page(portal, _of_citizens(pages.choose)), methods=["POST"]),
        Route(
            f"{_ADDRESS}/{{choice}}/withdraw", signed_in_page(portal, _of_citizens(pages.withdraw)), methods=["POST"]
        ),
    ]


def _of_citizens(page: Page) -> Page:
    """A form's page, which takes what was sent from it alone."""

    async def checked(portal: Portal, request: Request, principal: Principal) -> Response:
        require_same_origin(request)
        if principal.kind is not PrincipalKind.CITIZEN:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
        try:
            return await page(portal, request, principal)
        except Conflict as error:
            return message(portal.renderer, _MANY, status=error.status, principal=principal)
        except Busy as error:
            if error.status != 429:
                raise
            answer = message(portal.renderer, _OFTEN, status=error.status, principal=principal)
            answer.headers["retry-after"] = _WAIT
            return answer

    return checked


class SharingPages:
    def __init__(self, choices: SharingChoices) -> None:
        self._choices = choices

    async def show(self, portal: Portal, request: Request, principal: Principal) -> Response:
        if principal.kind is not PrincipalKind.CITIZEN:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
        return await self._page(portal, request, principal, {}, _NO_ERRORS)

    async def choose(self, portal: Portal, request: Request, principal: Principal) -> Response:
        """Let a choice count, or say what is wrong with what was sent (422)."""
        values = await read_form(request)
        choice, errors = read_sharing_form(values, policy=self._choices.policy)
        if choice is None:
            return await self._page(portal, request, principal, values, errors)
        try:
            await self._choices.choose(principal, request.path_params["key"], choice)
        except Incorrect as error:
            wrong = {choice.kind.value: error.issues[0].diagnostics}
            return await self._page(portal, request, principal, values, wrong)
        return _back(request)

    async def withdraw(self, portal: Portal, request: Request, principal: Principal) -> Response:  # noqa: ARG002
        named = request.path_params
        await self._choices.withdraw(principal, named["key"], named["choice"])
        return _back(request)

    async def _page(
        self,
        portal: Portal,
        request: Request,
        principal: Principal,
        values: Mapping[str, str],
        errors: Mapping[str, str],
    ) -> Response:
        """Read what was chosen, then the record, which says who wrote in it; each is decided and logged."""
        key = request.path_params["key"]
        sharing = await self._choices.read(principal, key)

        def render(read: ReadRecord) -> Answer:
            view = assemble(
                read.entries,
                completeness=read.completeness,
                table=portal.sections,
                now=portal.clock.now(),
                contributions=read.contributions,
            )
            page = present_sharing(
                view,
                read.entries,
                RecordAddresses(key, read.handles),
                sharing,
                policy=self._choices.policy,
                now=portal.clock.now(),
                values=values,
                errors=errors,
            )
            status = 422 if errors else 200
            return portal.renderer.answer("sharing-choices.jinja", {"page": page}, principal=principal, status=status)

        return send(await portal.records.open_record(principal, key, render=render))


def _back(request: Request) -> Response:
    return RedirectResponse(f"{sharing_address(request.path_params['key'])}#choices", status_code=303)
