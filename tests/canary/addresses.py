"""Every address that the program answers, as it declares them, and which of them a request asks for."""

from typing import Any, Final
from unittest.mock import MagicMock
from urllib.parse import urlsplit

from starlette.routing import BaseRoute, Match, Mount, Route

from lhcr.app import build_app
from lhcr.auth.server import make_auth
from lhcr.fhir_api.dispatch import ALL_INTERACTIONS
from lhcr.fhir_api.interactions import OPERATIONS
from lhcr.fhir_api.target import Kind, parse_target
from lhcr.kernel.errors import LhcrError
from lhcr.kernel.settings import Settings
from lhcr.portal.portal import routes

Asked = tuple[str, str]
"""A method and the template of an address."""
_FHIR: Final = "/fhir"


def declared() -> list[BaseRoute]:
    """Return the routes of the portal, of the authorization server and of health; nothing is opened for it."""
    anything: Any = MagicMock()
    worker = build_app(Settings(_env_file=None), "")  # type: ignore[call-arg]
    return [*make_auth(anything).routes, *worker.pages.routes, *routes(anything)]


def all_pages() -> set[Asked]:
    """Return what is asked with GET and POST of all but the FHIR API."""
    found = {
        (method, route.path)
        for route in declared()
        if isinstance(route, Route)
        for method in (route.methods or {"GET"}) - {"HEAD"}
    }
    return found | {("GET", each.path) for each in declared() if isinstance(each, Mount)}


def all_interactions() -> set[Asked]:
    """Return what is asked of the FHIR API, each operation by its name."""
    found = {(method, kind.value) for kind, methods in ALL_INTERACTIONS.items() for method in methods}
    named = {
        (method, kind.value.replace("$operation", name)) for (kind, name), (_, methods) in OPERATIONS.items() for method in methods
    }  # fmt: skip
    return found | named | {("GET", Kind.METADATA.value)}


class Atlas:
    """Names requests by what they ask for."""

    def __init__(self) -> None:
        self._routes = declared()
        self._known: dict[Asked, Asked | None] = {}

    def asked(self, method: str, address: str) -> Asked | None:
        """Return the method and template of a request, None for what no address of the program is."""
        path = urlsplit(address).path
        if (method, path) not in self._known:
            is_fhir = path.startswith(f"{_FHIR}/") and "well-known" not in path
            self._known[method, path] = _interaction(method, path) if is_fhir else self._page(method, path)
        return self._known[method, path]

    def _page(self, method: str, path: str) -> Asked | None:
        scope = {"type": "http", "path": path, "method": method, "root_path": ""}
        for route in self._routes:
            if route.matches(scope)[0] is Match.FULL:
                assert isinstance(route, Route | Mount)
                return method, route.path
        return None


def _interaction(method: str, path: str) -> Asked | None:
    below = path.removeprefix(_FHIR)
    if below == Kind.METADATA.value:
        return method, below
    try:
        target = parse_target(below.encode())
    except LhcrError:
        return None
    return method, target.kind.value.replace("$operation", target.operation)
