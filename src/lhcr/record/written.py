"""What a write did: for each draft the version that now stands, as whoever wrote it reads it."""

from dataclasses import dataclass
from datetime import datetime

from lhcr.record.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`body` is the JSON, None after a delete or where nothing was written; `at` is when, by the database's clock.

    `version` is what the writer reads under the id: of a Patient it counts the contributions of others that they may see too.
    """

    draft: Draft
    version: int
    at: datetime
    body: bytes | None

    @property
    def created(self) -> bool:
        return not self.draft.replaces or self.draft.was_deleted
