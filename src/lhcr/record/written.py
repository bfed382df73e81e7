"""What a write did: for each draft the version that now stands."""

from dataclasses import dataclass
from datetime import datetime

from lhcr.record.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`body` is the stored JSON, None after a delete; `at` is when, by the database's clock."""

    draft: Draft
    at: datetime
    body: bytes | None

    @property
    def created(self) -> bool:
        return not self.draft.replaces or self.draft.was_deleted
