"""The worker as one ASGI application: which edge answers which address, and how it is opened and closed.

What it is made of is none of its business: `lhcr.app` constructs that.
"""

import gc
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from lhcr.auth.addresses import SMART_CONFIGURATION
from lhcr.kernel.errors import Unavailable
from lhcr.store.outages import OUTAGES

_Parts = TypeVar("_Parts")
#: Objects that are new and stay, after which the collector looks for cycles among them.
_LOOK_FOR_CYCLES_AFTER: Final = 200_000
_NOT_READY: Final[tuple[type[Exception], ...]] = (Unavailable, *OUTAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges(Generic[_Parts]):
    """What a running worker answers with. `check` raises Unavailable or one of OUTAGES where the record cannot be read now."""

    parts: _Parts
    fhir_api: ASGIApp
    portal: Starlette
    auth: ASGIApp
    check: Callable[[], Awaitable[object]]


OpenEdges: TypeAlias = Callable[[], AbstractAsyncContextManager[Edges[_Parts]]]


class Worker(Generic[_Parts]):
    """The FHIR API is asked first and directly: what is read a thousand times a second passes through nothing else."""

    def __init__(self, open_edges: OpenEdges[_Parts]) -> None:
        self._open_edges = open_edges
        self._check: Callable[[], Awaitable[object]] | None = None
        self.fhir_api: ASGIApp | None = None
        self.portal: Starlette | None = None
        self.auth: ASGIApp | None = None
        self.parts: _Parts | None = None
        self.pages = Starlette(
            routes=[Route("/health/live", self._live), Route("/health/ready", self._ready)],
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or self.fhir_api is None or self.portal is None or self.auth is None:
            await self.pages(scope, receive, send)
        elif _is_below("/auth", scope["path"]) or scope["path"] == SMART_CONFIGURATION:
            await self.auth(scope, receive, send)
        elif _is_below("/fhir", scope["path"]):
            await self.fhir_api(scope, receive, send)
        elif _is_below("/health", scope["path"]):
            await self.pages(scope, receive, send)
        else:
            await _page(self.portal, scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self._open_edges() as edges:
            self.parts, self.portal, self._check = edges.parts, edges.portal, edges.check
            self.fhir_api, self.auth = edges.fhir_api, edges.auth
            spare_the_collector()
            try:
                yield
            finally:
                self.fhir_api = None

    async def _live(self, _: Request) -> JSONResponse:
        return JSONResponse({"status": "live"})

    async def _ready(self, _: Request) -> JSONResponse:
        """Say whether the record can be read and the log be written now."""
        try:
            if self._check is None:
                raise OSError
            await self._check()
        except _NOT_READY:
            return JSONResponse({"status": "unavailable"}, status_code=503)
        return JSONResponse({"status": "ready"})


async def _page(portal: ASGIApp, scope: Any, receive: Any, send: Any) -> None:
    """Answer with a page of the portal. What fails has told its page before it is raised.

    Hazard: person data in logs. The server would write down what is raised, with what its message holds; here only where it was.
    """
    try:
        await portal(scope, receive, send)
    except ClientDisconnect:
        # Who left in the midst of a form is nobody's defect, and no line in the log.
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, its message is written nowhere.
        frames = [f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(error.__traceback__)]
        structlog.get_logger("lhcr.portal").error("request-failed", error=type(error).__name__, frames=frames)


def spare_the_collector() -> None:
    """Keep the garbage collector from walking through what lives as long as the worker: definitions, parameters, code.

    It looks for cycles seldom, too: a Bundle of a thousand resources is half a million objects in which there are none, and looking
    through them every 700 objects took a seventh of the time of writing them; every 50,000, which two large Bundles at once are
    beyond, a fifteenth. What is left in cycles meanwhile takes some tens of megabytes at most.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_LOOK_FOR_CYCLES_AFTER, 10, 10)


def _is_below(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
