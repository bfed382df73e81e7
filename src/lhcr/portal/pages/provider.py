"""Signing in by a provider: leading a browser there, taking it back, and saying in plain words what went wrong."""

from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.identity.openid.attempts import LIFE
from lhcr.identity.openid.provider import Service
from lhcr.identity.openid.refusal import ProviderDown, SignInRefused
from lhcr.identity.principal import Principal
from lhcr.identity.role_choices import LIFE as CHOICE_LIFE
from lhcr.kernel.errors import Busy, Issue, LhcrError, NotFound
from lhcr.portal.addresses import ANEW, CHOOSE_ROLE, HOME
from lhcr.portal.device_words import device_words
from lhcr.portal.pages.messages import MessagePage, message
from lhcr.portal.pages.parts import Portal
from lhcr.portal.provider_sign_in import Finished, ProviderSignIns
from lhcr.portal.return_path import read_return_path
from lhcr.portal.same_origin import require_not_cross_site
from lhcr.portal.session_cookie import forget_secret, forget_token, read_secret, read_token, set_secret, set_token

_NOT_SIGNED_IN: Final = "You are not signed in"
_MOST_PARAMETERS: Final = 20
_LONGEST_ANSWER: Final = 8_192
_LONGEST_FORM: Final = 16_384
_NOT_KEPT: Final = {"cache-control": "no-store"}


async def lead_there(portal: Portal, request: Request, principal: Principal | None) -> Response:  # noqa: ARG001
    """Lead a browser to a provider, with a secret by which it is known when it comes back."""
    require_not_cross_site(request)
    providers, service = _asked(portal, request)
    try:
        begun = await providers.begin(
            service,
            return_path=read_return_path(request.query_params.get("next")),
            address=address_of(request),
            anew=ANEW in request.query_params,
        )
    except (ProviderDown, Busy) as error:
        return explain(portal, error, service)
    response = RedirectResponse(begun.address, status_code=303)
    set_secret(response, begun.secret, lasts=LIFE, secure=portal.secure)
    return response


async def come_back(portal: Portal, request: Request, principal: Principal | None) -> Response:
    """Take a browser back that a provider sends, and sign in whoever sits before it."""
    providers, service = _asked(portal, request)
    try:
        finished = await providers.finish(
            service,
            _answer(request),
            secret=read_secret(request, secure=portal.secure),
            address=address_of(request),
            replacing=read_token(request, secure=portal.secure),
            device=device_words(request.headers.get("user-agent", "")),
        )
    except (SignInRefused, ProviderDown, Busy) as error:
        response = explain(portal, error, service)
        forget_secret(response, secure=portal.secure)
        return response
    if principal is not None:
        await portal.openings.end_sessions(principal)
    return lead_on(portal, finished)


async def signed_out_there(portal: Portal, request: Request, principal: Principal | None) -> Response:  # noqa: ARG001
    """What a provider sends when somebody is signed out there: no browser is at the other end, and no page is the answer."""
    providers, service = _asked(portal, request)
    try:
        token = await _logout_token(request)
        await providers.signed_out(service, token, address=address_of(request))
    except LhcrError as error:
        status = 400 if isinstance(error, SignInRefused) else error.status
        return Response(status_code=status, headers=_NOT_KEPT)
    return Response(status_code=200, headers=_NOT_KEPT)


async def _logout_token(request: Request) -> str:
    """Return the token of a form of reasonable size; one that comes twice is none."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return ""
    try:
        told = parse_qs(body.decode("ascii"), max_num_fields=_MOST_PARAMETERS).get("logout_token", [])
    except ValueError:
        return ""
    return told[0] if len(told) == 1 else ""


def lead_on(portal: Portal, finished: Finished) -> Response:
    """Lead whoever signed in to the page that they asked for, or to the choice of a role first."""
    if finished.session is None:
        response: Response = RedirectResponse(CHOOSE_ROLE, status_code=303)
        set_secret(response, finished.choice, lasts=CHOICE_LIFE, secure=portal.secure)
        forget_token(response, secure=portal.secure)
        return response
    response = RedirectResponse(read_return_path(finished.return_path) or HOME, status_code=303)
    set_token(response, finished.session, now=portal.clock.now(), secure=portal.secure)
    forget_secret(response, secure=portal.secure)
    return response


def explain(portal: Portal, error: SignInRefused | ProviderDown | Busy, service: Service) -> Response:
    """The page that says why nobody is signed in, and what to do."""
    if isinstance(error, SignInRefused):
        page = MessagePage(title=_NOT_SIGNED_IN, why=error.why, next=tuple(error.next_steps))
    elif isinstance(error, ProviderDown):
        page = MessagePage(
            title=f"{service.title} does not answer",
            why=f"You cannot sign in with {service.title} at the moment. Nothing was changed.",
            next=("Try again in a few minutes.", "If you need information now, ask the source directly."),
        )
    else:
        page = MessagePage(title="Too many attempts to sign in", why=error.issues[0].diagnostics, next=(_WAIT,))
    response = message(portal.renderer, page, status=error.status, principal=None)
    if not isinstance(error, SignInRefused):
        response.headers["retry-after"] = "60"
    return response


_WAIT: Final = "Wait a minute, then sign in again."


def require_providers(portal: Portal) -> ProviderSignIns:
    """Raises NotFound where nobody signs in by a provider."""
    if portal.providers is None:
        diagnostics = "Nobody signs in to this area in that way."
        raise NotFound([Issue(code="not-found", error="service-unknown", diagnostics=diagnostics)])
    return portal.providers


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _asked(portal: Portal, request: Request) -> tuple[ProviderSignIns, Service]:
    providers, word = require_providers(portal), request.path_params["service"]
    found = next((each for each in providers.services() if each.value == word), None)
    if found is None:
        diagnostics = "Nobody signs in to this area in that way."
        raise NotFound([Issue(code="not-found", error="service-unknown", diagnostics=diagnostics)])
    return providers, found


def _answer(request: Request) -> dict[str, str]:
    """Return the parameters of an answer, none of which may come twice: which of two would count is for nobody to guess."""
    if len(request.scope["query_string"]) > _LONGEST_ANSWER:
        return {}
    pairs = request.query_params.multi_items()
    names = [name for name, _ in pairs]
    return dict(pairs) if len(set(names)) == len(names) <= _MOST_PARAMETERS else {}
