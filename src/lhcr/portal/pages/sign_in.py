"""Signing in and out: as a persona, on a demonstration alone."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.identity.principal import Principal
from lhcr.portal.addresses import HOME, SIGN_IN
from lhcr.portal.pages.parts import Portal
from lhcr.portal.ports import DemoPersonCard
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.session_cookie import forget_token, read_token, set_token
from lhcr.views.written_date import read_date

_LONGEST_NAME = 64


async def sign_in_page(portal: Portal, request: Request, principal: Principal | None) -> Response:  # noqa: ARG001
    """The first page: who can be chosen, and whom to look for."""
    if principal is not None:
        return RedirectResponse(HOME, status_code=303)
    people = [_person(person) for person in portal.sign_ins.people()]
    return portal.renderer.page("sign-in.jinja", {"personas": portal.sign_ins.personas(), "people": people})


async def sign_in(portal: Portal, request: Request, principal: Principal | None) -> Response:
    """Begin a session, which ends the emergency sessions of whoever was signed in. Raises NotFound for a persona that nobody can be."""
    require_same_origin(request)
    form = await request.form(max_files=0, max_fields=4)
    session = await portal.sign_ins.begin(str(form.get("persona", ""))[:_LONGEST_NAME])
    if principal is not None:
        await portal.openings.end_sessions(principal)
    response = RedirectResponse(HOME, status_code=303)
    set_token(response, session, now=portal.clock.now(), secure=portal.secure)
    return response


async def sign_out(portal: Portal, request: Request, principal: Principal | None) -> Response:
    """End the session, and every emergency session with it. Hazard: access that outlives whoever left the screen."""
    require_same_origin(request)
    token = read_token(request, secure=portal.secure)
    if token:
        await portal.sign_ins.end(token)
    if principal is not None:
        await portal.openings.end_sessions(principal)
    response = RedirectResponse(SIGN_IN, status_code=303)
    forget_token(response, secure=portal.secure)
    return response


def _person(person: DemoPersonCard) -> dict[str, str]:
    born = read_date(person.born.isoformat())
    return {
        "name": person.name,
        "nhs_number": person.nhs_number,
        "born": born.shown if born else "",
        "story": person.story,
    }
