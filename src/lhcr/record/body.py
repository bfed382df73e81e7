"""The body of a version: its exact JSON, and the place in it where the database writes the time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lhcr.fhir.stored_body import instant, with_meta
from lhcr.record.draft import Draft
from lhcr.record.quoting import marked, quotes_others

_UNWRITTEN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MARK: Final = b'"lastUpdated":"'


@dataclass(slots=True, kw_only=True)
class StoredBody:
    """The JSON of a draft's new version, None for a deleted one, and the place of its lastUpdated, as a byte counted from 1."""

    body: bytes | None
    written_at: int
    _put: tuple[datetime, bytes | None] | None = field(default=None, init=False)

    def at(self, moment: datetime) -> bytes | None:
        """Put the instant into the body, where and as the writing statement does."""
        if self._put is None or self._put[0] != moment:
            self._put = moment, None if self.body is None else self._body_at(self.body, moment)
        return self._put[1]

    def _body_at(self, body: bytes, moment: datetime) -> bytes:
        text = instant(moment).encode()
        return body[: self.written_at - 1] + text + body[self.written_at - 1 + len(text) :]


def draft_body(draft: Draft) -> StoredBody:
    if draft.resource is None:
        return StoredBody(body=None, written_at=1)
    body = with_meta(draft.resource, id=draft.id or "", version=draft.version, last_updated=_UNWRITTEN)
    body = marked(body) if quotes_others(draft.resource, draft.links) else body
    return StoredBody(body=body, written_at=body.index(_MARK) + len(_MARK) + 1)
