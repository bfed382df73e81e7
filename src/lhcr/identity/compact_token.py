"""The compact form of a signed JSON Web Token (RFC 7515), as it is before anything in it is believed."""

import base64
import json
import re
from typing import Final

import msgspec

from lhcr.kernel.json_types import JsonObject

LONGEST: Final = 8_192
_LONGEST_HEADER: Final = 512
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-]+")


def read_header(token: str) -> JsonObject:
    """Return the header of a token whose three segments are each the one spelling of what they say. Raises ValueError.

    Readers of base64 pass over the last bits of a segment and over strange letters, so that a token had many spellings, of which a
    list of what was revoked or used names one.
    """
    if len(token) > LONGEST:
        raise ValueError("the token is too long")
    segments = token.split(".")
    if len(segments) != 3:
        raise ValueError("a signed token has three segments")
    header, _, _ = (_decoded(segment) for segment in segments)
    if len(header) > _LONGEST_HEADER:
        raise ValueError("the header is too long")
    return msgspec.json.decode(_distinct(header), type=JsonObject)


def _distinct(header: bytes) -> bytes:
    """Return a header that says nothing twice, of which another reader might believe the other half."""
    json.loads(header.decode("utf-8"), object_pairs_hook=_without_duplicates)
    return header


def _decoded(segment: str) -> bytes:
    if not _SEGMENT.fullmatch(segment):
        raise ValueError("a segment is not base64url")
    decoded = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != segment:
        raise ValueError("a segment is spelt in another way than the one")
    return decoded


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("the header says something twice")
    return dict(pairs)
