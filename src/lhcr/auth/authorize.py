"""The authorization endpoint: a person who is signed in to the portal lets an app act for them, or does not (RFC 6749 4.1)."""

import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.auth.addresses import AUTHORIZE
from lhcr.auth.authorization_request import AuthorizationRequest, read_request
from lhcr.auth.exchange import request_id_of
from lhcr.auth.form import Parameters, read_form, read_parameters
from lhcr.auth.granted_scopes import LAUNCH_PATIENT, granted_scopes
from lhcr.auth.refusal import NOT_KEPT, OAuthRefusal
from lhcr.auth.scope_words import scope_words
from lhcr.auth.services import AuthServices
from lhcr.auth.user_claims import user_claims
from lhcr.identity.grants import Grant, new_grant_id
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import LhcrError
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.session_cookie import set_token

_Step: TypeAlias = Callable[[AuthServices, Request, AuthorizationRequest, Parameters], Awaitable[Response]]
_LONGEST_NAME = 64
_STEP = "authorize"


async def authorize(services: AuthServices, request: Request) -> Response:
    """Ask whoever is signed in (GET), or take their answer (POST)."""
    return await _page(services, request, _answer if request.method == "POST" else _ask)


async def sign_in(services: AuthServices, request: Request) -> Response:
    """Sign somebody in to the demonstration and go on with the request of the app that sent them here."""
    return await _page(services, request, _sign_in)


async def _page(services: AuthServices, request: Request, step: _Step) -> Response:
    try:
        if request.method == "POST":
            require_same_origin(request)
        parameters = await read_form(request) if request.method == "POST" else _query(request)
        asked = await read_request(parameters, services.clients)
        return await _led(services, request, asked, step=step)
    except OAuthRefusal as refusal:
        return _error_page(services, refusal.description, status=refusal.status)
    except LhcrError as error:
        return _error_page(services, error.issues[0].diagnostics, status=error.status)
    except Exception as error:  # noqa: BLE001 - no defect may reach anybody as a stack trace.
        frames = [f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(error.__traceback__)]
        structlog.get_logger("lhcr.auth").error("request-failed", step=_STEP, error=type(error).__name__, frames=frames)
        return _error_page(services, "Something failed here that should not have. Nothing was allowed.", status=500)


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
        cards = services.users.sign_ins.personas()
        return services.users.page(
            "auth-sign-in.jinja", {"app": asked.client.name, "kept": asked.kept, "personas": cards}
        )
    return _consent_page(services, asked, principal)


def _consent_page(services: AuthServices, asked: AuthorizationRequest, principal: Principal) -> Response:
    scopes = _scopes(asked, principal)
    values = {
        "app": asked.client.name,
        "kept": asked.kept,
        "scopes": scope_words(scopes),
        "session": principal.token_id,
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
    return await _allow(services, request, asked, principal)


async def _allow(
    services: AuthServices, request: Request, asked: AuthorizationRequest, principal: Principal
) -> Response:
    scopes, client_id = _scopes(asked, principal), asked.client.client_id
    patient = ""
    if LAUNCH_PATIENT in scopes:
        patient = await services.own_patients.of(principal, request_id=request_id_of(request))
        scopes = scopes if patient else tuple(each for each in scopes if each != LAUNCH_PATIENT)
    grant = Grant(
        grant_id=new_grant_id(),
        client_id=client_id,
        claims=user_claims(principal, scopes=scopes),
        ends=principal.expires,
        patient=patient,
    )
    code = await services.grants.begin(grant, redirect_uri=asked.redirect_uri, challenge=asked.challenge)
    told = f"{client_id}: {' '.join(scopes)}"
    await services.journal.granted(principal, told, step=_STEP, request_id=request_id_of(request))
    return _lead_back(services, asked, {"code": code})


async def _sign_in(
    services: AuthServices,
    request: Request,  # noqa: ARG001
    asked: AuthorizationRequest,
    parameters: Parameters,
) -> Response:
    users = services.users
    session = await users.sign_ins.begin(parameters.get("persona", "")[:_LONGEST_NAME])
    response = RedirectResponse(_again(asked), status_code=303, headers=NOT_KEPT)
    set_token(response, session, now=services.clock.now(), secure=users.secure)
    return response


def _scopes(asked: AuthorizationRequest, principal: Principal) -> tuple[str, ...]:
    return granted_scopes(asked.parameters.get("scope", ""), registered=asked.client.scopes, kind=principal.kind)


def _query(request: Request) -> Parameters:
    return read_parameters(request.scope["query_string"])


def _again(asked: AuthorizationRequest) -> str:
    return f"{AUTHORIZE}?{urlencode(asked.kept)}"


def _lead_back(services: AuthServices, asked: AuthorizationRequest, told: dict[str, str]) -> Response:
    return RedirectResponse(asked.led_back(told, issuer=services.tokens.issuer), status_code=303, headers=NOT_KEPT)


def _error_page(services: AuthServices, why: str, *, status: int) -> Response:
    return services.users.page("auth-error.jinja", {"why": why}, status=status)
