"""A user's own apps: which apps they let act for them, and the way to take it back."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.auth.addresses import APPS
from lhcr.auth.exchange import request_id_of
from lhcr.auth.form import read_form
from lhcr.auth.page import page_or_error
from lhcr.auth.refusal import NOT_KEPT
from lhcr.auth.scope_words import scope_words
from lhcr.auth.services import AuthServices
from lhcr.identity.claims import Claims
from lhcr.identity.grants import OwnGrant
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.json_types import JsonObject
from lhcr.portal.return_path import sign_in_address
from lhcr.portal.same_origin import require_same_origin
from lhcr.views.written_date import from_datetime

_STEP = "apps"
#: What the page says of what was asked: an app was removed, or there was none.
_REMOVED: Final = "removed"
_UNKNOWN: Final = "unknown"


async def apps(services: AuthServices, request: Request) -> Response:
    """Show what whoever is signed in let apps do (GET), or end one of it (POST)."""
    return await page_or_error(services, _apps(services, request), step=_STEP)


async def _apps(services: AuthServices, request: Request) -> Response:
    if request.method == "POST":
        require_same_origin(request)
    principal = await services.users.signed_in(request)
    if principal is None:
        return RedirectResponse(sign_in_address(APPS), status_code=303, headers=NOT_KEPT)
    if request.method == "POST":
        return await _end(services, request, principal)
    own = await services.grants.of_user(principal.user_id)
    said = {name: name in request.query_params for name in (_REMOVED, _UNKNOWN)}
    values = {"apps": [_shown(each) for each in own], **said}
    return services.users.page("auth-apps.jinja", values, principal=principal)


async def _end(services: AuthServices, request: Request, principal: Principal) -> Response:
    """End a grant of the user's own: one of anybody else's is not found, and answered as one that never was."""
    wanted, said = (await read_form(request)).get("grant", ""), _UNKNOWN
    for own in await services.grants.of_user(principal.user_id):
        if own.grant.grant_id == wanted:
            what = f"{own.grant.client_id}: {' '.join(own.grant.claims.scopes)}"
            await services.journal.granted(principal, what, step=_STEP, request_id=request_id_of(request))
            await services.end_grant(own.grant)
            said = _REMOVED
    return RedirectResponse(f"{APPS}?{said}", status_code=303, headers=NOT_KEPT)


def _shown(own: OwnGrant) -> JsonObject:
    return {
        "grant": own.grant.grant_id,
        "app": own.app,
        "scopes": scope_words(own.grant.claims.scopes),
        "whose": _whose(own.grant.claims),
        "begun": from_datetime(own.begun).with_clock,
        "ends": "" if own.grant.session else from_datetime(own.grant.ends).with_clock,
    }


def _whose(claims: Claims) -> str:
    """Return whose records a citizen let an app see, "" of anybody else. A grant of before the choice reaches all that its user can see."""
    if claims.kind is not PrincipalKind.CITIZEN:
        return ""
    own_only = claims.app is not None and claims.app.own_only
    return (
        "Only your own record"
        if own_only
        else "Your own record, and those of people whose records you can see for them"
    )
