"""Choosing a role: the one to work in after signing in, or another one meanwhile."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.identity.claims import Claims
from lhcr.identity.openid.provider import Service
from lhcr.identity.openid.refusal import SignInRefused
from lhcr.identity.principal import Principal
from lhcr.portal.addresses import CHANGE_ROLE, CHOOSE_ROLE, HOME, SIGN_IN
from lhcr.portal.pages.parts import Portal
from lhcr.portal.pages.provider import explain, lead_on, require_providers
from lhcr.portal.presenters.roles import present_roles
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.session_cookie import forget_secret, read_secret, read_token, set_token

_LONGEST = 8


async def choose_page(portal: Portal, request: Request, principal: Principal | None) -> Response:  # noqa: ARG001
    """The roles among which somebody who has just proved who they are chooses one."""
    choice = await require_providers(portal).choice(read_secret(request, secure=portal.secure))
    if choice is None:
        return RedirectResponse(SIGN_IN, status_code=303)
    return _page(portal, choice.roles, action=CHOOSE_ROLE, now=None, principal=None)


async def choose(portal: Portal, request: Request, principal: Principal | None) -> Response:
    """Begin the session in the role that was chosen."""
    require_same_origin(request)
    providers, secret = require_providers(portal), read_secret(request, secure=portal.secure)
    chosen = await _chosen(request)
    choice = await providers.choice(secret)
    if choice is not None and chosen is None:
        return _page(portal, choice.roles, action=CHOOSE_ROLE, now=None, principal=None, status=422)
    replacing = read_token(request, secure=portal.secure)
    finished = None if chosen is None else await providers.choose(secret, chosen, replacing=replacing)
    if finished is None:
        why = "You waited too long, or chose before."
        response = explain(portal, SignInRefused("role-choice-over", why), Service.CIS2)
        forget_secret(response, secure=portal.secure)
        return response
    if principal is not None:
        await portal.openings.end_sessions(principal)
    return lead_on(portal, finished)


async def change_page(portal: Portal, request: Request, principal: Principal) -> Response:
    """The roles among which whoever is signed in can change."""
    roles = await require_providers(portal).roles(read_token(request, secure=portal.secure))
    if roles is None:
        return RedirectResponse(HOME, status_code=303)
    return _page(portal, roles.all, action=CHANGE_ROLE, now=roles.now, principal=principal)


async def change(portal: Portal, request: Request, principal: Principal) -> Response:
    """Go on in another role. Hazard: what was opened in one role stays open in another; emergency sessions end with the old session."""
    require_same_origin(request)
    providers, token = require_providers(portal), read_token(request, secure=portal.secure)
    chosen, roles = await _chosen(request), await providers.roles(token)
    if roles is not None and chosen is None:
        return _page(portal, roles.all, action=CHANGE_ROLE, now=roles.now, principal=principal, status=422)
    session = None if chosen is None else await providers.change(token, chosen)
    if session is None:
        return RedirectResponse(HOME, status_code=303)
    await portal.openings.end_sessions(principal)
    response = RedirectResponse(HOME, status_code=303)
    set_token(response, session, now=portal.clock.now(), secure=portal.secure)
    return response


async def _chosen(request: Request) -> int | None:
    form = await request.form(max_files=0, max_fields=4)
    told = str(form.get("role", ""))
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= _LONGEST else None


def _page(
    portal: Portal,
    roles: Sequence[Claims],
    *,
    action: str,
    now: Claims | None,
    principal: Principal | None,
    status: int = 200,
) -> Response:
    page = present_roles(roles, action=action, now=now, unchosen=status == 422)
    return portal.renderer.page("roles.jinja", {"page": page}, principal=principal, status=status)
