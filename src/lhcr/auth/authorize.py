"""The authorization endpoint: a person who is signed in to the portal lets an app act for them, or does not (RFC 6749 4.1)."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.auth.addresses import AUTHORIZE
from lhcr.auth.authorization_request import AuthorizationRequest, read_request
from lhcr.auth.exchange import request_id_of
from lhcr.auth.form import Parameters, read_form, read_parameters
from lhcr.auth.granted_scopes import LAUNCH_PATIENT, OFFLINE, granted_scopes
from lhcr.auth.page import page_or_error
from lhcr.auth.refusal import NOT_KEPT, OAuthRefusal
from lhcr.auth.scope_words import scope_words
from lhcr.auth.services import AuthServices
from lhcr.auth.user_claims import user_claims
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.grants import Grant, new_grant_id
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.portal.return_path import sign_in_address
from lhcr.portal.same_origin import require_same_origin

_Step: TypeAlias = Callable[[AuthServices, Request, AuthorizationRequest, Parameters], Awaitable[Response]]
_STEP = "authorize"
#: What a citizen says who lets an app see the records of those whom they act for too; anything else is their own alone.
_EVERYBODYS = "all"


async def authorize(services: AuthServices, request: Request) -> Response:
    """Ask whoever is signed in (GET), or take their answer (POST)."""
    step = _answer if request.method == "POST" else _ask
    return await page_or_error(services, _page(services, request, step), step=_STEP)


async def _page(services: AuthServices, request: Request, step: _Step) -> Response:
    if request.method == "POST":
        require_same_origin(request)
    parameters = await read_form(request) if request.method == "POST" else _query(request)
    asked = await read_request(parameters, services.clients)
    return await _led(services, request, asked, step=step)


async def _led(services: AuthServices, request: Request, asked: AuthorizationRequest, *, step: _Step) -> Response:
    """Do a step; what is refused from here on the app is told, by leading the user back to it."""
    try:
        asked.require_complete(audience=services.audience)
        return await step(services, request, asked, asked.parameters)
    except OAuthRefusal as refusal:
        principal = await services.users.signed_in(request)
        if principal is not None:
            what, request_id = f"client {asked.client.client_id}", request_id_of(request)
            await services.journal.refused(principal, what, step=_STEP, request_id=request_id, error=refusal.error)
        return _lead_back(services, asked, {"error": refusal.error, "error_description": refusal.description})


async def _ask(services: AuthServices, request: Request, asked: AuthorizationRequest, _: Parameters) -> Response:
    principal = await services.users.signed_in(request)
    if principal is None:
        return RedirectResponse(sign_in_address(_again(asked)), status_code=303, headers=NOT_KEPT)
    return _consent_page(services, asked, principal)


def _consent_page(services: AuthServices, asked: AuthorizationRequest, principal: Principal) -> Response:
    scopes = _scopes(asked, principal)
    values = {
        "app": asked.client.name,
        "kept": asked.kept,
        "scopes": scope_words(scopes),
        "session": principal.token_id,
        "citizen": principal.kind is PrincipalKind.CITIZEN,
    }
    return services.users.page("auth-consent.jinja", values, principal=principal, leads_to=asked.redirect_uri)


async def _answer(
    services: AuthServices, request: Request, asked: AuthorizationRequest, parameters: Parameters
) -> Response:
    """Hazard: somebody allows for another who signed in meanwhile. The answer is whoever's the question was."""
    principal = await services.users.signed_in(request)
    if principal is None or parameters.get("session") != principal.token_id:
        return RedirectResponse(_again(asked), status_code=303, headers=NOT_KEPT)
    if parameters.get("decision") != "allow":
        raise OAuthRefusal("access_denied", "The user did not allow it.")
    return await _allow(services, request, asked, principal, parameters)


async def _allow(
    services: AuthServices,
    request: Request,
    asked: AuthorizationRequest,
    principal: Principal,
    parameters: Parameters,
) -> Response:
    scopes, client_id = _scopes(asked, principal), asked.client.client_id
    patient = ""
    if LAUNCH_PATIENT in scopes:
        patient = await services.own_patients.of(principal, request_id=request_id_of(request))
        scopes = scopes if patient else tuple(each for each in scopes if each != LAUNCH_PATIENT)
    grant = Grant(
        grant_id=new_grant_id(),
        client_id=client_id,
        claims=user_claims(principal, scopes=scopes, app=_app(asked, principal, parameters)),
        ends=principal.expires,
        patient=patient,
        session="" if OFFLINE in scopes else principal.token_id,
    )
    code = await services.grants.begin(grant, redirect_uri=asked.redirect_uri, challenge=asked.challenge)
    if code is None:
        return RedirectResponse(_again(asked), status_code=303, headers=NOT_KEPT)
    told = f"{client_id}: {' '.join(scopes)}{' (own record alone)' if _own_only(principal, parameters) else ''}"
    await services.journal.granted(principal, told, step=_STEP, request_id=request_id_of(request))
    return _lead_back(services, asked, {"code": code})


def _app(asked: AuthorizationRequest, principal: Principal, parameters: Parameters) -> CallingApp:
    """Return what the user lets the app be. Hazard: a child's record in an app that was let in for its parent's own."""
    return CallingApp(sub=asked.client.client_id, name=asked.client.name, own_only=_own_only(principal, parameters))


def _own_only(principal: Principal, parameters: Parameters) -> bool:
    return principal.kind is PrincipalKind.CITIZEN and parameters.get("whose") != _EVERYBODYS


def _scopes(asked: AuthorizationRequest, principal: Principal) -> tuple[str, ...]:
    return granted_scopes(asked.parameters.get("scope", ""), registered=asked.client.scopes, kind=principal.kind)


def _query(request: Request) -> Parameters:
    return read_parameters(request.scope["query_string"])


def _again(asked: AuthorizationRequest) -> str:
    return f"{AUTHORIZE}?{urlencode(asked.kept)}"


def _lead_back(services: AuthServices, asked: AuthorizationRequest, told: dict[str, str]) -> Response:
    return RedirectResponse(asked.led_back(told, issuer=services.tokens.issuer), status_code=303, headers=NOT_KEPT)
