"""Cookies: that of a session, and that of a sign-in that is under way; each carries one opaque secret and nothing else."""

from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from lhcr.portal.ports import SignedIn

_SESSION: Final = "lhcr-session"
_UNDER_WAY: Final = "lhcr-sign-in"
#: The prefix makes browsers refuse the cookie unless it is secure, for this host alone and for every path.
_SECURE: Final = "__Host-"
_LONGEST: Final = 512


def read_token(request: Request, *, secure: bool) -> str:
    return _read(request, _SESSION, secure=secure)


def set_token(response: Response, session: SignedIn, *, now: datetime, secure: bool) -> None:
    _set(response, _SESSION, session.token, lasts=session.expires - now, secure=secure)


def forget_token(response: Response, *, secure: bool) -> None:
    _forget(response, _SESSION, secure=secure)


def read_secret(request: Request, *, secure: bool) -> str:
    """Return the secret of a sign-in that this browser began, or of a role that is yet to choose."""
    return _read(request, _UNDER_WAY, secure=secure)


def set_secret(response: Response, secret: str, *, lasts: timedelta, secure: bool) -> None:
    _set(response, _UNDER_WAY, secret, lasts=lasts, secure=secure)


def forget_secret(response: Response, *, secure: bool) -> None:
    _forget(response, _UNDER_WAY, secure=secure)


def _read(request: Request, name: str, *, secure: bool) -> str:
    token = request.cookies.get(_name(name, secure=secure), "")
    return token if len(token) <= _LONGEST else ""


def _set(response: Response, name: str, value: str, *, lasts: timedelta, secure: bool) -> None:
    """`lax`, because a browser comes back from a provider by a link of another site, and must be known then."""
    response.set_cookie(
        _name(name, secure=secure),
        value,
        max_age=max(0, int(lasts.total_seconds())),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def _forget(response: Response, name: str, *, secure: bool) -> None:
    response.delete_cookie(_name(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def _name(name: str, *, secure: bool) -> str:
    return f"{_SECURE}{name}" if secure else name
