"""What the privacy office asks somebody who opened a record: a list that names nobody, the question, and the answer."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.office.case_desk import CaseFile
from lhcr.portal.addresses import QUESTIONS
from lhcr.portal.cases import Cases
from lhcr.portal.pages.messages import NOT_FOUND, message
from lhcr.portal.pages.parts import Portal
from lhcr.portal.pages.small_form import read_form
from lhcr.portal.presenters.case_forms import read_words
from lhcr.portal.presenters.user_questions import present_question, present_questions
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.sending import send
from lhcr.portal.traced_people import TracedPerson

#: Of the address to which an answer leads, so that the page says that it was sent.
_ANSWERED: Final = "answered"


class UserQuestionPages:
    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    async def waiting(self, portal: Portal, request: Request, principal: Principal) -> Response:
        if principal.kind is not PrincipalKind.PROFESSIONAL:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
        page = present_questions(await self._cases.questions(principal))
        return portal.renderer.page(
            "questions.jinja", {"page": page, "answered": _ANSWERED in request.query_params}, principal=principal
        )

    async def form(self, portal: Portal, request: Request, principal: Principal) -> Response:
        return await self._page(portal, request, principal, {}, {})

    async def answer(self, portal: Portal, request: Request, principal: Principal) -> Response:
        require_same_origin(request)
        values = await read_form(request)
        errors: dict[str, str] = {}
        words = read_words(values, "answer", errors)
        if errors:
            return await self._page(portal, request, principal, values, errors)
        await self._cases.answer(principal, request.path_params["case"], words=words)
        return RedirectResponse(f"{QUESTIONS}?{_ANSWERED}=yes", status_code=303)

    async def _page(
        self,
        portal: Portal,
        request: Request,
        principal: Principal,
        values: Mapping[str, str],
        errors: Mapping[str, str],
    ) -> Response:
        def render(file: CaseFile, person: TracedPerson | None) -> Answer:
            page = present_question(
                file.case, file.steps, person, action=request.url.path, values=values, errors=errors
            )
            status = 422 if errors else 200
            return portal.renderer.answer("question.jinja", {"page": page}, principal=principal, status=status)

        return send(await self._cases.question(principal, request.path_params["case"], render=render))
