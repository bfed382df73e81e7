"""The cookie that carries the opaque token of a session, and nothing else."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from lhcr.portal.ports import SignedIn

_PLAIN = "lhcr-session"
#: The prefix makes browsers refuse the cookie unless it is secure, for this host alone and for every path.
_SECURE = "__Host-lhcr-session"
_LONGEST = 512


def read_token(request: Request, *, secure: bool) -> str:
    token = request.cookies.get(_name(secure=secure), "")
    return token if len(token) <= _LONGEST else ""


def set_token(response: Response, session: SignedIn, *, now: datetime, secure: bool) -> None:
    response.set_cookie(
        _name(secure=secure),
        session.token,
        max_age=max(0, int((session.expires - now).total_seconds())),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def forget_token(response: Response, *, secure: bool) -> None:
    response.delete_cookie(_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def _name(*, secure: bool) -> str:
    return _SECURE if secure else _PLAIN
