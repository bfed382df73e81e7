"""Where somebody is signed in: their sessions, and the ending of others than this one, for which they have just proved who they are."""

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from lhcr.identity.own_sessions import OwnSession, OwnSessions
from lhcr.identity.principal import Principal
from lhcr.identity.sessions import name_of
from lhcr.kernel.errors import Forbidden, Issue
from lhcr.portal.addresses import ANEW, SESSIONS
from lhcr.portal.pages.parts import Portal, signed_in_page
from lhcr.portal.presenters.own_sessions import present_sessions
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.session_cookie import read_token

_SAID: Final = {
    "ended": "You are signed out there. Whatever was open can do nothing any more.",
    "unknown": "Nothing was ended: that session was over already.",
}
_LONGEST_NAME: Final = 64


def session_routes(portal: Portal, sessions: OwnSessions) -> list[BaseRoute]:
    pages = SessionPages(sessions)
    return [
        Route(SESSIONS, signed_in_page(portal, pages.show), methods=["GET"]),
        Route(SESSIONS, signed_in_page(portal, pages.end), methods=["POST"]),
    ]


class SessionPages:
    def __init__(self, sessions: OwnSessions) -> None:
        self._sessions = sessions

    async def show(self, portal: Portal, request: Request, principal: Principal) -> Response:
        found = await self._sessions.all(principal.user_id)
        mine = _mine(portal, request)
        page = present_sessions(
            found,
            mine=mine,
            prove=_prove(found, mine),
            said=next((words for name, words in _SAID.items() if name in request.query_params), ""),
            now=portal.clock.now(),
        )
        return portal.renderer.page("own-sessions.jinja", {"page": page}, principal=principal)

    async def end(self, portal: Portal, request: Request, principal: Principal) -> Response:
        """End one other session of the user's, or all others. Raises Forbidden where they proved too long ago who they are."""
        require_same_origin(request)
        form = await request.form(max_files=0, max_fields=4)
        found, mine = await self._sessions.all(principal.user_id), _mine(portal, request)
        if not any(each.name == mine and each.is_recent(now=portal.clock.now()) for each in found):
            diagnostics = "Prove once more who you are before you sign out elsewhere. Nothing was ended."
            raise Forbidden([Issue(code="login", error="proof-too-old", diagnostics=diagnostics)])
        others = {each.name for each in found} - {mine}
        wanted = others if form.get("all") else {str(form.get("session", ""))[:_LONGEST_NAME]} & others
        ended = await self._sessions.end(principal.user_id, wanted) if wanted else 0
        if ended and portal.sign_in_log is not None:
            await portal.sign_in_log.ended_own(principal, sessions=ended)
        return RedirectResponse(f"{SESSIONS}?{'ended' if ended else 'unknown'}", status_code=303)


def _mine(portal: Portal, request: Request) -> str:
    return name_of(read_token(request, secure=portal.secure))


def _prove(found: tuple[OwnSession, ...], mine: str) -> str:
    """Where whoever is signed in proves anew who they are, by the service by which they did."""
    service = next((each.service for each in found if each.name == mine), "")
    return f"/sign-in/{service}?{urlencode({'next': SESSIONS, ANEW: '1'})}" if service else ""
