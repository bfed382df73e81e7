"""The portal as an application: its pages, its files and its errors, put together from what `lhcr.pages` hands in."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from lhcr.access.alerts import AlertType
from lhcr.portal.addresses import ALERTS, CHANGE_ROLE, CHOOSE_ROLE, FIND, HOME, LOG, SIGN_IN, SIGN_OUT
from lhcr.portal.headers import PortalHeaders
from lhcr.portal.pages import alerts, find, home, office_log, provider, record, roles, sign_in, who_looked
from lhcr.portal.pages.case_routes import case_routes
from lhcr.portal.pages.dispute import dispute_routes
from lhcr.portal.pages.messages import FAULT, NOT_FOUND, message
from lhcr.portal.pages.own_sessions import session_routes
from lhcr.portal.pages.own_word import OwnWordPages
from lhcr.portal.pages.parts import Portal, open_page, signed_in_page
from lhcr.portal.pages.privacy_routes import privacy_routes
from lhcr.portal.pages.sharing_choices import sharing_routes
from lhcr.portal.presenters.own_word import SLUGS
from lhcr.portal.rendering import STATIC

_FILES = Path(__file__).parent / "static"
_RECORD_PAGES = (
    ("", record.record_page),
    ("/section/{section}", record.section_page),
    ("/medicines", record.medicines_page),
    ("/results", record.results_page),
    ("/results/{test}", record.test_page),
    ("/timeline", record.timeline_page),
    ("/entry/{entry}", record.entry_page),
    ("/who-looked", who_looked.who_looked_page),
    ("/who-looked/{event}/{handle}", who_looked.proof_file),
)


def make_portal(portal: Portal) -> Starlette:
    """The application to mount at `/`, after every other edge."""

    async def not_found(request: Request, error: Exception) -> Response:  # noqa: ARG001
        return message(portal.renderer, NOT_FOUND, status=404, principal=None)

    async def fault(request: Request, error: Exception) -> Response:  # noqa: ARG001
        return message(portal.renderer, FAULT, status=500, principal=None)

    return Starlette(
        routes=routes(portal),
        middleware=[Middleware(PortalHeaders, static=STATIC)],
        exception_handlers={404: not_found, 405: not_found, 500: fault},
    )


def routes(portal: Portal) -> list[BaseRoute]:
    """Every page of the portal. Hazard: an NHS number in an address; what is asked about a person travels in a body."""
    pages: list[BaseRoute] = [
        Route(SIGN_IN, open_page(portal, sign_in.sign_in_page), methods=["GET"]),
        Route("/sign-in", open_page(portal, sign_in.sign_in), methods=["POST"]),
        Route(SIGN_OUT, open_page(portal, sign_in.sign_out), methods=["POST"]),
        *_provider_routes(portal),
        Route(HOME, signed_in_page(portal, home.home_page), methods=["GET"]),
        Route(FIND, signed_in_page(portal, find.find_page), methods=["GET"]),
        Route(FIND, signed_in_page(portal, find.find), methods=["POST"]),
        Route(ALERTS, signed_in_page(portal, alerts.alerts_page), methods=["GET"]),
        Route(LOG, signed_in_page(portal, office_log.log_page), methods=["GET"]),
        Route(LOG, signed_in_page(portal, office_log.search_log), methods=["POST"]),
    ]
    pages += [
        Route(f"/record/{{key}}{path}", signed_in_page(portal, page), methods=["GET"]) for path, page in _RECORD_PAGES
    ]
    pages += privacy_routes(portal, portal.explanations) if portal.explanations else []
    pages += case_routes(portal, portal.office) if portal.office else []
    pages += dispute_routes(portal, portal.disputing) if portal.disputing else []
    pages += session_routes(portal, portal.own_sessions) if portal.own_sessions else []
    pages += sharing_routes(portal, portal.sharing) if portal.sharing else []
    pages += [route for type_ in AlertType for route in _own_word_routes(portal, type_)]
    return [*pages, Mount(STATIC, StaticFiles(directory=_FILES), name="static")]


def _provider_routes(portal: Portal) -> list[BaseRoute]:
    return [
        Route(CHOOSE_ROLE, open_page(portal, roles.choose_page), methods=["GET"]),
        Route(CHOOSE_ROLE, open_page(portal, roles.choose), methods=["POST"]),
        Route(CHANGE_ROLE, signed_in_page(portal, roles.change_page), methods=["GET"]),
        Route(CHANGE_ROLE, signed_in_page(portal, roles.change), methods=["POST"]),
        Route("/sign-in/{service}", open_page(portal, provider.lead_there), methods=["GET"]),
        Route("/sign-in/{service}/back", open_page(portal, provider.come_back), methods=["GET"]),
        Route("/sign-in/{service}/signed-out", open_page(portal, provider.signed_out_there), methods=["POST"]),
    ]


def _own_word_routes(portal: Portal, type_: AlertType) -> list[BaseRoute]:
    pages, address = OwnWordPages(type_), f"/record/{{key}}/{SLUGS[type_]}"
    return [
        Route(address, signed_in_page(portal, pages.form), methods=["GET"]),
        Route(address, signed_in_page(portal, pages.give), methods=["POST"]),
        Route(f"{address}/end", signed_in_page(portal, pages.end), methods=["POST"]),
    ]
