"""The authorization server as an application: its addresses, and its answers to what goes wrong."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lhcr.auth.addresses import APPS, AUTHORIZE, INTROSPECT, JWKS, REVOKE, SMART_CONFIGURATION, TOKEN
from lhcr.auth.apps import apps
from lhcr.auth.authorize import authorize
from lhcr.auth.configuration import configuration
from lhcr.auth.introspection import introspect
from lhcr.auth.public_keys import public_keys
from lhcr.auth.revocation import revoke
from lhcr.auth.services import AuthServices
from lhcr.auth.token import token

Endpoint: TypeAlias = Callable[[AuthServices, Request], Awaitable[Response]]


def make_auth(services: AuthServices) -> Starlette:
    """The application to mount at `/auth`."""
    return Starlette(
        routes=[
            _route(JWKS, public_keys, services, "GET"),
            _route(TOKEN, token, services, "POST"),
            _route(INTROSPECT, introspect, services, "POST"),
            _route(REVOKE, revoke, services, "POST"),
            _route(AUTHORIZE, authorize, services, "GET", "POST"),
            _route(APPS, apps, services, "GET", "POST"),
            _route(SMART_CONFIGURATION, configuration, services, "GET"),
        ]
    )


def _route(path: str, endpoint: Endpoint, services: AuthServices, *methods: str) -> Route:
    async def answer(request: Request) -> Response:
        return await endpoint(services, request)

    return Route(path, answer, methods=list(methods))
