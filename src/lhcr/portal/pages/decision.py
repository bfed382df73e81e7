"""A decision as the privacy office reads it: the whole trace, under an address that stays."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.access.explain import Explained
from lhcr.audit.answer import Answer
from lhcr.audit.reference import number_of, reference_of
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Incorrect, NotFound
from lhcr.portal.addresses import decision_address
from lhcr.portal.explanations import Explanations
from lhcr.portal.pages.messages import MessagePage, message
from lhcr.portal.pages.parts import Portal
from lhcr.portal.pages.told_as_json import json_answer
from lhcr.portal.presenters.decision import present_decision
from lhcr.portal.sending import send

#: The same for a reference that never was, one that is not kept any more and one of another organisation.
_NO_DECISION: Final = MessagePage(
    title="No decision with this reference",
    why="Nothing that your organisation's people did, and that is still kept, has this reference.",
    next=(
        "Check the reference: D, a hyphen and 13 letters or digits.",
        "If somebody at another organisation gave it to you, that organisation's privacy office can read it.",
        "If you do not have the reference, search the access log by person, user or day.",
    ),
)


@dataclass(frozen=True, slots=True)
class DecisionPages:
    explanations: Explanations

    async def shown(self, portal: Portal, request: Request, principal: Principal) -> Response:
        def render(found: Explained) -> Answer:
            values = {"page": present_decision(found), "wide": True}
            return portal.renderer.answer("decision.jinja", values, principal=principal)

        try:
            return send(await self.explanations.decision(principal, request.path_params["reference"], render=render))
        except NotFound:
            if principal.kind is not PrincipalKind.OFFICE:
                raise
            return message(portal.renderer, _NO_DECISION, status=404, principal=principal)

    async def find(self, portal: Portal, request: Request, principal: Principal) -> Response:  # noqa: ARG002
        """Lead to the decision whose reference was typed, as somebody read it out on the telephone."""
        return RedirectResponse(decision_address(_typed(request.query_params.get("reference", ""))), status_code=303)

    async def told(self, request: Request, principal: Principal) -> Released:
        def render(found: Explained) -> Answer:
            return json_answer(found.told)

        return await self.explanations.decision(principal, request.path_params["reference"], render=render)


def _typed(reference: str) -> str:
    """Return a reference as the log writes it; what is none leads to an address where nothing is."""
    try:
        return reference_of(number_of(reference))
    except Incorrect:
        return "unknown"
