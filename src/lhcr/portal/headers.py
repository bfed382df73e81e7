"""The headers that every answer of the portal carries: nothing is fetched from elsewhere, framed, kept or run inline."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: `same-origin` rather than `no-referrer`, under which a browser would send no origin with a form.
_ALWAYS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
_STATIC_FOR = "public, max-age=3600"


class PortalHeaders:
    """ASGI middleware. Hazard: a page about a person kept by a browser that somebody else uses next."""

    def __init__(self, app: ASGIApp, *, static: str) -> None:
        self._app = app
        self._static = static

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cache = _STATIC_FOR if scope["path"].startswith(f"{self._static}/") else "no-store"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                headers["cache-control"] = cache
            await send(message)

        await self._app(scope, receive, send_with_headers)
