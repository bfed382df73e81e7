"""The public keys of the area, by which others verify its tokens."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lhcr.auth.services import AuthServices

#: Seconds for which others may keep the set: the next key is in it long before it signs.
_KEPT: Final = 60


async def public_keys(services: AuthServices, request: Request) -> Response:  # noqa: ARG001
    """Answer with the JSON Web Key Set (RFC 7517): the current key, the next, and those whose tokens have not ended."""
    return JSONResponse(services.tokens.public_keys(), headers={"cache-control": f"public, max-age={_KEPT}"})
