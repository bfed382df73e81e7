"""The check that a form was sent from one of the portal's own pages (cross-site request forgery)."""

from urllib.parse import urlsplit

import structlog
from starlette.requests import Request

from lhcr.kernel.errors import Forbidden, Issue


def require_not_cross_site(request: Request) -> None:
    """Raises Forbidden where the browser says that another site leads here. Hazard: a site that has people sign in without their doing."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        _tell("led-here-by-another-site")
        diagnostics = "Another site led here. Begin on the sign-in page."
        raise Forbidden([Issue(code="security", error="cross-site", diagnostics=diagnostics)])


def require_same_origin(request: Request) -> None:
    """Raises Forbidden where the browser says that another site sent the form, or says nothing of where it came from."""
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    own = urlsplit(origin).netloc == request.headers.get("host", "") if origin else site in {"same-origin", "none"}
    if not own or site in {"cross-site", "same-site"}:
        _tell("form-from-another-site")
        raise Forbidden(
            [Issue(code="security", error="cross-site", diagnostics="This form was sent from another site.")]
        )


def _tell(event: str) -> None:
    """Tell whoever runs the area. Nothing of what was sent is repeated, and the log of accesses is not for strangers to fill."""
    structlog.get_logger("lhcr.portal").warning(event)
