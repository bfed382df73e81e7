"""Alerts: what the privacy office of an organisation is told of its users. Opening the page is in the log itself."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from lhcr.access.alert_queue import AlertPage
from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal
from lhcr.portal.alert_queue import AlertPerson
from lhcr.portal.pages.parts import Portal
from lhcr.portal.presenters.alerts import present_alerts, read_position
from lhcr.portal.sending import send


async def alerts_page(portal: Portal, request: Request, principal: Principal) -> Response:
    before = read_position(request.query_params)

    def render(found: AlertPage, people: Mapping[int, AlertPerson]) -> Answer:
        page = present_alerts(found, people, organisation=principal.organisation_name, first=before is None)
        return portal.renderer.answer("alerts.jinja", {"page": page}, principal=principal)

    return send(await portal.alerts.page(principal, before=before, render=render))
