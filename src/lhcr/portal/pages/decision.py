"""A decision as the privacy office reads it: the whole trace, under an address that stays."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.access.explain import Explained
from lhcr.audit.answer import Answer
from lhcr.audit.reference import number_of, reference_of
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Incorrect
from lhcr.portal.addresses import decision_address
from lhcr.portal.explanations import Explanations
from lhcr.portal.pages.parts import Portal
from lhcr.portal.pages.told_as_json import json_answer
from lhcr.portal.presenters.decision import present_decision
from lhcr.portal.sending import send


@dataclass(frozen=True, slots=True)
class DecisionPages:
    explanations: Explanations

    async def shown(self, portal: Portal, request: Request, principal: Principal) -> Response:
        def render(found: Explained) -> Answer:
            values = {"page": present_decision(found), "wide": True}
            return portal.renderer.answer("decision.jinja", values, principal=principal)

        return send(await self.explanations.decision(principal, request.path_params["reference"], render=render))

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
