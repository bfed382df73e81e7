"""JSON for whoever sends a bearer token to an address of the privacy office, where a browser gets a page.

An error is an OperationOutcome, as on the FHIR API.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from lhcr.access.explain import as_line
from lhcr.audit.answer import Answer
from lhcr.audit.released import Released
from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import error_outcome
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Issue, LhcrError, Unauthenticated, Unavailable
from lhcr.portal.pages.parts import Endpoint, Page, Portal, signed_in_page
from lhcr.portal.sending import send
from lhcr.store.outages import OUTAGES

_OUTCOME: Final = "application/fhir+json; charset=utf-8"
_HEADERS: Final = (("content-type", "application/json"),)
Told: TypeAlias = Callable[[Request, Principal], Awaitable[Released]]
Bearer: TypeAlias = Callable[[str], Principal]


def page_or_json(portal: Portal, page: Page, told: Told, *, bearer: Bearer) -> Endpoint:
    """An endpoint that tells a token's bearer in JSON what it shows to whoever signed in on a page."""
    shown = signed_in_page(portal, page)

    async def endpoint(request: Request) -> Response:
        if "authorization" not in request.headers:
            return await shown(request)
        try:
            return send(await told(request, _principal(request, bearer)))
        except LhcrError as error:
            return _outcome(error)
        except OUTAGES:
            return _outcome(_unavailable())

    return endpoint


def json_answer(told: Mapping[str, Any]) -> Answer:
    """Return what is told, as `lhcr explain --json` writes it."""
    return Answer(status=200, headers=_HEADERS, body=(as_line(told).encode("ascii"),))


def _principal(request: Request, bearer: Bearer) -> Principal:
    scheme, _, token = request.headers["authorization"].partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        diagnostics = "Send a bearer token in the header Authorization."
        raise Unauthenticated([Issue(code="login", error="token-missing", diagnostics=diagnostics)])
    return bearer(token.strip())


def _outcome(error: LhcrError) -> Response:
    status, outcome = error_outcome(error)
    response = Response(write_json(outcome), status_code=status)
    response.headers["content-type"] = _OUTCOME
    if status == Unauthenticated.status:
        response.headers["www-authenticate"] = "Bearer"
    return response


def _unavailable() -> Unavailable:
    diagnostics = "The log cannot be reached now. Nothing was answered; send the same again in a moment."
    return Unavailable([Issue(code="transient", error="log-unavailable", diagnostics=diagnostics)])
