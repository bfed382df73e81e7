"""Where the explanations of the privacy office are: the same addresses for a browser and for whoever sends a token."""

from starlette.routing import BaseRoute, Route

from lhcr.portal.addresses import DECISIONS, WHAT_IF
from lhcr.portal.explanations import Explanations
from lhcr.portal.pages.decision import DecisionPages
from lhcr.portal.pages.parts import Portal, signed_in_page
from lhcr.portal.pages.told_as_json import page_or_json
from lhcr.portal.pages.what_if import WhatIfPages


def privacy_routes(portal: Portal, explanations: Explanations) -> list[BaseRoute]:
    decision, what_if, bearer = DecisionPages(explanations), WhatIfPages(explanations), explanations.bearer
    explained = page_or_json(portal, decision.shown, decision.told, bearer=bearer)
    answered = page_or_json(portal, what_if.ask, what_if.told, bearer=bearer)
    return [
        Route(DECISIONS, signed_in_page(portal, decision.find), methods=["GET"]),
        Route(f"{DECISIONS}/{{reference}}", explained, methods=["GET"]),
        Route(WHAT_IF, signed_in_page(portal, what_if.form), methods=["GET"]),
        Route(WHAT_IF, answered, methods=["POST"]),
    ]
