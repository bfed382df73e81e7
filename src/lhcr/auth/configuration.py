"""What the authorization server says of itself, for the FHIR API's SMART configuration."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lhcr.auth.addresses import APPS, AUTHORIZE, INTROSPECT, JWKS, REVOKE, TOKEN
from lhcr.auth.services import AuthServices
from lhcr.auth.token import GRANTS
from lhcr.fhir_api.smart_configuration import smart_configuration
from lhcr.identity.client_keys import ALGORITHMS

_ENDPOINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "jwks_uri": JWKS,
        "authorization_endpoint": AUTHORIZE,
        "token_endpoint": TOKEN,
        "introspection_endpoint": INTROSPECT,
        "revocation_endpoint": REVOKE,
        "management_endpoint": APPS,
    }
)


async def configuration(services: AuthServices, request: Request) -> Response:  # noqa: ARG001
    told = smart_configuration(
        issuer=services.tokens.issuer, endpoints=_ENDPOINTS, grants=tuple(GRANTS), algorithms=ALGORITHMS
    )
    return JSONResponse(told)
