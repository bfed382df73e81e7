"""The body of a version: its exact JSON, and the place in it where the database writes the time."""

from datetime import UTC, datetime
from typing import Final

from lhcr.fhir.stored_body import instant, with_meta
from lhcr.record.draft import Draft

_UNWRITTEN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MARK: Final = b'"lastUpdated":"'


def draft_body(draft: Draft) -> tuple[bytes | None, int]:
    """Return the JSON of a draft and the place of its lastUpdated, as a byte counted from 1; None and 1 for a delete."""
    if draft.resource is None:
        return None, 1
    body = with_meta(draft.resource, id=draft.id or "", version=draft.version, last_updated=_UNWRITTEN)
    return body, body.index(_MARK) + len(_MARK) + 1


def body_at(body: bytes, written_at: int, at: datetime) -> bytes:
    """Put the instant into a body, where and as the writing statement put it."""
    text = instant(at).encode()
    return body[: written_at - 1] + text + body[written_at - 1 + len(text) :]
