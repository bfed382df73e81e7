"""Stored versions as they are read: bytes that are served as they are."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One version of one resource. `body` is None for a deletion. `method` is how the version came about."""

    type: str
    id: str
    version: int
    last_updated: datetime
    method: int
    body: bytes | None
