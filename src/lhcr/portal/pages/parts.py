"""What every page is given: the portal's parts, and who is signed in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.access.moved import PersonMoved
from lhcr.identity.own_sessions import OwnSessions
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Issue, LhcrError, Unavailable
from lhcr.portal.access_log import AccessHistory
from lhcr.portal.alert_queue import AlertQueue
from lhcr.portal.disputing import Disputing
from lhcr.portal.explanations import Explanations
from lhcr.portal.openings import Openings
from lhcr.portal.pages.messages import error_page
from lhcr.portal.ports import CitizenRecords, PersonFinder, RecordReader, SignIns
from lhcr.portal.privacy_office import PrivacyOffice
from lhcr.portal.provider_sign_in import ProviderSignIns
from lhcr.portal.rendering import Renderer
from lhcr.portal.return_path import sign_in_address
from lhcr.portal.session_cookie import read_token
from lhcr.portal.sharing_choices import SharingChoices
from lhcr.portal.sign_in_log import SignInLog
from lhcr.store.outages import OUTAGES, is_outage
from lhcr.views.sections.table import SectionTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """The parts of a running portal. `secure` says that it is reached over TLS, as cookies must know.

    `providers` is None where nobody signs in by one; `sign_in_log` is None where nothing is written down, which no area is.
    """

    renderer: Renderer
    sign_ins: SignIns
    finder: PersonFinder
    citizens: CitizenRecords
    records: RecordReader
    history: AccessHistory
    openings: Openings
    alerts: AlertQueue
    sections: SectionTable
    clock: Clock
    secure: bool
    explanations: Explanations | None = None
    office: PrivacyOffice | None = None
    disputing: Disputing | None = None
    sharing: SharingChoices | None = None
    providers: ProviderSignIns | None = None
    sign_in_log: SignInLog | None = None
    own_sessions: OwnSessions | None = None


Page: TypeAlias = Callable[[Portal, Request, Principal], Awaitable[Response]]
OpenPage: TypeAlias = Callable[[Portal, Request, Principal | None], Awaitable[Response]]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def open_page(portal: Portal, page: OpenPage) -> Endpoint:
    """An endpoint that needs nobody to be signed in; what goes wrong becomes a page."""

    async def endpoint(request: Request) -> Response:
        principal: Principal | None = None
        try:
            principal = await _principal(portal, request)
            return await _shown(portal, page, request, principal)
        except LhcrError as error:
            told = error
        except OUTAGES as error:
            if not is_outage(error):
                raise
            # A connection that broke while it was asked: the page is not there now, and nothing is wrong with it.
            told = _away()
        return error_page(portal.renderer, told, principal=principal, key=request.path_params.get("key", ""))

    return endpoint


async def _shown(portal: Portal, page: OpenPage, request: Request, principal: Principal | None) -> Response:
    """Return a page; once more where somebody was merged since this worker looked whose record it is. A form is not sent again."""
    try:
        return await page(portal, request, principal)
    except PersonMoved:
        if request.method != "GET":
            raise
    return await page(portal, request, principal)


def signed_in_page(portal: Portal, page: Page) -> Endpoint:
    """An endpoint for whoever is signed in; others are led to the sign-in page."""

    async def checked(portal: Portal, request: Request, principal: Principal | None) -> Response:
        if principal is None:
            return RedirectResponse(_sign_in_for(request), status_code=303)
        return await page(portal, request, principal)

    return open_page(portal, checked)


def _sign_in_for(request: Request) -> str:
    """The sign-in page that leads back to the page that was asked for; a form that was sent is not sent again."""
    query = request.url.query
    asked = f"{request.url.path}?{query}" if query else request.url.path
    return sign_in_address(asked if request.method == "GET" else "")


async def _principal(portal: Portal, request: Request) -> Principal | None:
    token = read_token(request, secure=portal.secure)
    return await portal.sign_ins.principal(token) if token else None


def _away() -> Unavailable:
    diagnostics = "The record cannot be reached now. Nothing was shown."
    return Unavailable([Issue(code="transient", error="record-unavailable", diagnostics=diagnostics)])
