"""Signing in and out: the ways that an area has, and as a persona on a demonstration alone."""

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.identity.openid.provider import Service
from lhcr.identity.principal import Principal
from lhcr.portal.addresses import HOME, SIGN_IN
from lhcr.portal.device_words import device_words
from lhcr.portal.pages.parts import Portal
from lhcr.portal.ports import DemoPersonCard, SignedIn
from lhcr.portal.return_path import read_return_path
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.session_cookie import forget_secret, forget_token, read_token, set_token
from lhcr.views.written_date import read_date

_LONGEST_NAME = 64
_WHO: Final = {
    Service.CIS2: {
        "who": "If you work in health or care",
        "needs": "You need your smartcard, a security key or another way in which you sign in at work.",
    },
    Service.NHS_LOGIN: {
        "who": "If you want to see your own record",
        "needs": "You need to have proved who you are to NHS login with a photograph.",
    },
}


async def sign_in_page(portal: Portal, request: Request, principal: Principal | None) -> Response:
    """The first page: by which ways people sign in, who can be chosen, and whom to look for."""
    path = read_return_path(request.query_params.get("next"))
    if principal is not None:
        return RedirectResponse(path or HOME, status_code=303)
    people = [_person(person) for person in portal.sign_ins.people()]
    values = {"personas": portal.sign_ins.personas(), "people": people, "next": path, "ways": _ways(portal, path)}
    return portal.renderer.page("sign-in.jinja", values)


async def sign_in(portal: Portal, request: Request, principal: Principal | None) -> Response:
    """Begin a session, which ends the emergency sessions of whoever was signed in. Raises NotFound for a persona that nobody can be."""
    require_same_origin(request)
    form = await request.form(max_files=0, max_fields=4)
    device = device_words(request.headers.get("user-agent", ""))
    session = await portal.sign_ins.begin(str(form.get("persona", ""))[:_LONGEST_NAME], device=device)
    before = read_token(request, secure=portal.secure)
    if before:
        # Hazard: a session that nobody looks after any more, and that whoever kept its id goes on using.
        await portal.sign_ins.end(before)
    await _write_down(portal, session)
    if principal is not None:
        await portal.openings.end_sessions(principal)
    response = RedirectResponse(read_return_path(form.get("next")) or HOME, status_code=303)
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
        if portal.sign_in_log is not None:
            await portal.sign_in_log.signed_out(principal)
    response = RedirectResponse(SIGN_IN, status_code=303)
    forget_token(response, secure=portal.secure)
    forget_secret(response, secure=portal.secure)
    return response


async def _write_down(portal: Portal, session: SignedIn) -> None:
    """Hazard: somebody is signed in and no entry says so. What cannot be written down ends the session that it is about."""
    principal = await portal.sign_ins.principal(session.token)
    if portal.sign_in_log is None or principal is None:
        return
    try:
        await portal.sign_in_log.signed_in(principal)
    except BaseException:
        await portal.sign_ins.end(session.token)
        raise


def _ways(portal: Portal, path: str) -> list[dict[str, str]]:
    """The services that people sign in with here, and where each is begun."""
    services = portal.providers.services() if portal.providers else ()
    query = f"?{urlencode({'next': path})}" if path else ""
    return [
        {"title": f"Sign in with {each.title}", "href": f"/sign-in/{each.value}{query}", **_WHO[each]}
        for each in services
    ]


def _person(person: DemoPersonCard) -> dict[str, str]:
    born = read_date(person.born.isoformat())
    return {
        "name": person.name,
        "nhs_number": person.nhs_number,
        "born": born.shown if born else "",
        "story": person.story,
    }
