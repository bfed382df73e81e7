"""The parameters of a request to the authorization server: each at most once, in the body alone."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from lhcr.auth.refusal import invalid_request

Parameters = Mapping[str, str]
LARGEST: Final = 32_768
_MOST: Final = 30
_FORM: Final = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> Parameters:
    """Return the form of a request. Raises OAuthRefusal (`invalid_request`)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise invalid_request(f"Send the parameters as {_FORM}.")
    if request.url.query:
        # Hazard: secrets in addresses, which logs and histories keep.
        raise invalid_request("Send the parameters in the body, none in the address.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise invalid_request("The request is too large.")
    return read_parameters(body)


def read_parameters(encoded: bytes) -> Parameters:
    """Return parameters by name; an empty one counts as left out (RFC 6749 3.1). Raises OAuthRefusal (`invalid_request`)."""
    try:
        text = encoded.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST)
    except ValueError as error:
        raise invalid_request("The parameters cannot be read.") from error
    if len({name for name, _ in pairs}) < len(pairs):
        raise invalid_request("A parameter is sent twice.")
    if any("\0" in value for _, value in pairs):
        raise invalid_request("A parameter holds a character that none may.")
    return {name: value for name, value in pairs if value}
