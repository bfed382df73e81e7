"""What if: the privacy office asks what would be decided of a hypothetical case. Nothing is opened, and nobody is impersonated."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from lhcr.access.case_facts import invalid
from lhcr.access.what_if import LARGEST, read_what_if
from lhcr.audit.answer import Answer
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.portal.explanations import Explanations
from lhcr.portal.pages.messages import NOT_FOUND, message
from lhcr.portal.pages.parts import Portal
from lhcr.portal.pages.told_as_json import json_answer
from lhcr.portal.presenters.what_if import WhatIfPage, present_what_if
from lhcr.portal.presenters.what_if_form import read_form
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.sending import send

_TEMPLATE = "what-if.jinja"
_FIELDS: Final = {
    "request.nhs_number": "This is not a valid NHS number: check each of the 10 digits",
    "request.type": "This is no type of entry: write a FHIR type, such as Observation, or leave it empty",
    "principal.organisation": (
        "Enter the ODS code of an organisation, such as RRE. About a real person you can ask for your own organisation only"
    ),
    "principal.scopes": "This is no scope of a token: write scopes such as user/Observation.rs, or leave it empty",
}


@dataclass(frozen=True, slots=True)
class WhatIfPages:
    explanations: Explanations

    async def form(self, portal: Portal, request: Request, principal: Principal) -> Response:  # noqa: ARG002
        """The empty form. It is a page for an office: to anybody else it does not exist."""
        if principal.kind is not PrincipalKind.OFFICE:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
        page = WhatIfPage(values=read_form({"organisation": principal.organisation}).values)
        return portal.renderer.page(_TEMPLATE, {"page": page, "wide": True}, principal=principal)

    async def ask(self, portal: Portal, request: Request, principal: Principal) -> Response:
        """What would be decided, or what is wrong with what was asked (422). Whom it is about travels in the body."""
        require_same_origin(request)
        if principal.kind is not PrincipalKind.OFFICE:
            return message(portal.renderer, NOT_FOUND, status=404, principal=principal)
        form = await request.form(max_files=0, max_fields=80)
        asked = read_form({name: value for name, value in form.items() if isinstance(value, str)})

        def render(told: JsonObject) -> Answer:
            page = WhatIfPage(values=asked.values, answer=present_what_if(told))
            return portal.renderer.answer(_TEMPLATE, {"page": page, "wide": True}, principal=principal)

        try:
            return send(await self.explanations.what_if(principal, read_what_if(asked.case), render=render))
        except Incorrect as error:
            page = WhatIfPage(values=asked.values, problem=_problem(error))
            return portal.renderer.page(_TEMPLATE, {"page": page, "wide": True}, principal=principal, status=422)

    async def told(self, request: Request, principal: Principal) -> Released:
        """The answer to a case in JSON. Raises as `Explanations.what_if`."""

        def render(told: JsonObject) -> Answer:
            return json_answer(told)

        return await self.explanations.what_if(principal, read_what_if(await _body(request)), render=render)


def _problem(error: Incorrect) -> str:
    """What is wrong, in the words of the form: the names of the file's fields are told to whoever sends a file."""
    said = error.issues[0].diagnostics
    return next((words for field, words in _FIELDS.items() if field in said), said)


async def _body(request: Request) -> bytes:
    """Return what was sent, and read no more of it than a case can hold."""
    sent = bytearray()
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > LARGEST:
            raise invalid("", f"it is longer than {LARGEST} bytes")
    return bytes(sent)
