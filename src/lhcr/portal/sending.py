"""Sending: the one way in which a page that shows persons leaves the portal, which is as a released answer."""

from starlette.responses import Response

from lhcr.audit.released import Released


def send(released: Released) -> Response:
    response = Response(b"".join(released.body), status_code=released.status)
    for name, value in released.headers:
        response.headers[name] = value
    return response
