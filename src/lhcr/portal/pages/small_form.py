"""A small form: a few texts in the body of a request, which is not read past the size of any form of ours."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from lhcr.kernel.errors import Incorrect, Issue

#: Some hundred words, each sign escaped, and a few short members.
_LARGEST: Final = 64 * 1024
_MOST_FIELDS: Final = 20


async def read_form(request: Request) -> dict[str, str]:
    """Return the texts of a form by name, the last of each. Raises Incorrect (413, `form-too-large`) for what is no form of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise _too_large()
    try:
        text = body.decode("ascii", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace"))
    except ValueError as error:
        raise _too_large() from error


def _too_large() -> Incorrect:
    diagnostics = "You sent more than this form takes. Nothing was done; write less and send it again."
    return Incorrect([Issue(code="too-long", error="form-too-large", diagnostics=diagnostics)], status=413)
