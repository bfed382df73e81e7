"""The headers of a request: read strictly, and the conditions and preferences that they state."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from lhcr.fhir_api.refusals import malformed, too_large
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.record.draft import ANY_VERSION, NO_VERSION

_MOST_BYTES: Final = 65_536
_ONCE: Final = frozenset({"authorization", "content-length", "content-type", "if-match", "x-lhcr-purpose"})
_ETAG: Final = re.compile(r'(?:W/)?"([A-Za-z0-9\-.]{1,64})"')
_LONGEST_VERSION: Final = 9
_NO_VERSION: Final = 0


def read_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by lower-case name, repeated ones joined by commas. Raises Incorrect: 431 too large, 400 ambiguous."""
    headers: dict[str, str] = {}
    size = 0
    for name, value in raw:
        size += len(name) + len(value)
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key not in headers:
            headers[key] = text
        elif key in _ONCE:
            raise malformed("header-repeated", f"The header {key} may be sent only once.")
        else:
            headers[key] = f"{headers[key]}, {text}"
    if size > _MOST_BYTES:
        issue = Issue(code="too-long", error="headers-too-large", diagnostics="The headers are too large.")
        raise Incorrect([issue], status=431)
    return headers


def content_length(headers: Mapping[str, str], *, limit: int) -> int | None:
    """Return the announced length of the body, None where none is. Raises Incorrect: 400 for no number, 413 over the limit."""
    text = headers.get("content-length")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise malformed("content-length-invalid", "The header Content-Length is no number.")
    if len(text) > 18 or int(text) > limit:
        raise too_large(limit)
    return int(text)


def if_match(headers: Mapping[str, str]) -> int | None:
    """Return the version that the caller expects to replace, None where none is named, 0 for one that cannot exist.

    `*` is `ANY_VERSION`: whatever stands is replaced, and nothing is created.
    """
    text = headers.get("if-match")
    if text is None:
        return None
    if text.strip() == "*":
        return ANY_VERSION
    match = _ETAG.fullmatch(text.strip())
    if match is None:
        raise malformed("if-match-invalid", 'The header If-Match must name one version, W/"3", or be *.')
    return version_number(match[1])


def expected_version(headers: Mapping[str, str], *, creates: bool) -> int | None:
    """Return what a change expects to stand, as `if_match`; `NO_VERSION` where it is to create and replace nothing.

    `creates`: whether it may create, as an update may, for which alone `If-None-Match: *` has a meaning (RFC 9110 13.1.2). Raises
    Incorrect (400) for any other, because a condition that is passed over overwrites what its sender meant to keep.
    """
    expected = if_match(headers)
    if "if-none-match" not in headers:
        return expected
    if not creates or headers["if-none-match"].strip() != "*":
        raise malformed(
            "if-none-match-invalid",
            "Of what changes something, If-None-Match is known for an update (PUT) alone, as *: create, and replace nothing. A "
            "version that is to be changed is named by If-Match, what a create must not find by If-None-Exist.",
        )
    if expected is not None:
        raise malformed(
            "if-none-match-invalid", "If-Match asks for a version and If-None-Match for none: send one of them."
        )
    return NO_VERSION


def version_number(text: str) -> int:
    """Return the number of a version; 0, which no version has, where the text names none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION else _NO_VERSION


def is_unchanged(headers: Mapping[str, str], *, version: int, last_updated: datetime) -> bool:
    """Return whether the caller has this version already (RFC 9110 13.1: If-None-Match outweighs If-Modified-Since)."""
    known = headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or str(version) in _ETAG.findall(known)
    since = headers.get("if-modified-since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False  # RFC 9110 13.1.3: a date that is none is passed over.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return last_updated.replace(microsecond=0) <= moment


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def preferred_return(headers: Mapping[str, str], *, usual: str = "representation") -> str:
    """Return `minimal`, `representation` or `OperationOutcome` as Prefer asks for (FHIR R4 http 3.1.0.1.9)."""
    if "prefer" not in headers:
        return usual
    for part in headers["prefer"].replace(";", ",").split(","):
        name, _, value = part.strip().partition("=")
        if name == "return" and value in {"minimal", "representation", "OperationOutcome"}:
            return value
    return usual
