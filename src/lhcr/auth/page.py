"""A page of the authorization server for users: what goes wrong on it is told in plain words, without a trace."""

import traceback
from collections.abc import Awaitable
from pathlib import Path

import structlog
from starlette.responses import Response

from lhcr.auth.refusal import OAuthRefusal
from lhcr.auth.services import AuthServices
from lhcr.kernel.errors import LhcrError

_FAILED = "Something failed here that should not have. Nothing was allowed."


async def page_or_error(services: AuthServices, page: Awaitable[Response], *, step: str) -> Response:
    """Return a page, or the page that says why there is none. `step` is what the operator's log calls it."""
    try:
        return await page
    except OAuthRefusal as refusal:
        return _error_page(services, refusal.description, status=refusal.status)
    except LhcrError as error:
        return _error_page(services, error.issues[0].diagnostics, status=error.status)
    except Exception as error:  # noqa: BLE001 - no defect may reach anybody as a stack trace.
        frames = [f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(error.__traceback__)]
        structlog.get_logger("lhcr.auth").error("request-failed", step=step, error=type(error).__name__, frames=frames)
        return _error_page(services, _FAILED, status=500)


def _error_page(services: AuthServices, why: str, *, status: int) -> Response:
    return services.users.page("auth-error.jinja", {"why": why}, status=status)
