"""The pages of a privacy office's cases: the queue, one case, and what is done in it. To anybody else they do not exist."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Conflict
from lhcr.office.case_desk import Queue
from lhcr.portal.addresses import case_address
from lhcr.portal.cases import Cases, ReadCase
from lhcr.portal.pages.messages import NOT_FOUND, message
from lhcr.portal.pages.parts import Page, Portal
from lhcr.portal.pages.small_form import read_form
from lhcr.portal.presenters.case_forms import read_close, read_version, read_words
from lhcr.portal.presenters.case_page import present_case
from lhcr.portal.presenters.case_queue import present_queue
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.sending import send


class CasePages:
    """The pages over one worker's cases. `basis` says where the policy's numbers come from."""

    def __init__(self, cases: Cases, *, basis: str) -> None:
        self._cases = cases
        self._basis = basis

    async def queue(self, portal: Portal, request: Request, principal: Principal) -> Response:  # noqa: ARG002
        def render(found: Queue) -> Answer:
            page = present_queue(
                found, organisation=principal.organisation_name, basis=self._basis, now=portal.clock.now()
            )
            return portal.renderer.answer("cases.jinja", {"page": page}, principal=principal)

        return send(await self._cases.queue(principal, render=render))

    async def case(self, portal: Portal, request: Request, principal: Principal) -> Response:
        return await self._page(portal, request, principal)

    async def close(self, portal: Portal, request: Request, principal: Principal) -> Response:
        values = await read_form(request)
        form, errors = read_close(values, tells_person=values.get("tells") == "yes")
        if form is None:
            return await self._page(portal, request, principal, values=values, errors=errors, status=422)
        return await self._do(
            portal,
            request,
            principal,
            values,
            lambda version: self._cases.close(
                principal, _case_id(request), version=version, outcome=form.outcome, words=form.words, told=form.told
            ),
        )

    async def ask(self, portal: Portal, request: Request, principal: Principal) -> Response:
        return await self._with_words(portal, request, principal, "question", self._cases.ask)

    async def escalate(self, portal: Portal, request: Request, principal: Principal) -> Response:
        return await self._with_words(portal, request, principal, "why", self._cases.escalate)

    async def _with_words(
        self,
        portal: Portal,
        request: Request,
        principal: Principal,
        name: str,
        act: Callable[..., Awaitable[None]],
    ) -> Response:
        values = await read_form(request)
        errors: dict[str, str] = {}
        words = read_words(values, name, errors)
        if errors:
            return await self._page(portal, request, principal, values=values, errors=errors, status=422)
        return await self._do(
            portal,
            request,
            principal,
            values,
            lambda version: act(principal, _case_id(request), version=version, words=words),
        )

    async def _do(
        self,
        portal: Portal,
        request: Request,
        principal: Principal,
        values: Mapping[str, str],
        act: Callable[[int], Awaitable[None]],
    ) -> Response:
        """Do it and show the case anew; whoever came second keeps what they wrote and is told (409)."""
        try:
            await act(read_version(values))
        except Conflict:
            return await self._page(portal, request, principal, values=values, changed=True, status=409)
        return RedirectResponse(case_address(_case_id(request)), status_code=303)

    async def _page(
        self,
        portal: Portal,
        request: Request,
        principal: Principal,
        *,
        values: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
        changed: bool = False,
        status: int = 200,
    ) -> Response:
        def render(read: ReadCase) -> Answer:
            page = present_case(read, now=portal.clock.now(), values=values, errors=errors, changed=changed)
            return portal.renderer.answer("case.jinja", {"page": page}, principal=principal, status=status)

        return send(await self._cases.case(principal, _case_id(request), render=render))


def office_page(page: Page) -> Page:
    """A page for an office alone. Hazard: whoever may not read cases must not learn whether one exists."""

    async def checked(portal: Portal, request: Request, principal: Principal) -> Response:
        if principal.kind is not PrincipalKind.OFFICE:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
        if request.method == "POST":
            require_same_origin(request)
        return await page(portal, request, principal)

    return checked


def _case_id(request: Request) -> str:
    return str(request.path_params["case"])
