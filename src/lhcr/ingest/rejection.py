"""A rejection: input that could not be placed in the record, with the reason for people and the bytes as they came."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import asyncpg

from lhcr.ingest.patience import Refusal
from lhcr.ingest.source_entry import Origin, SourceEntry
from lhcr.kernel.errors import Fault, Issue, LhcrError
from lhcr.kernel.told_name import told_path
from lhcr.record.removed_names import ENTRY_REMOVED

_MOST_TOLD: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """`error` is a stable code of urn:lhcr:error; `reason` is for people and repeats nothing of the content."""

    origin: Origin
    error: str
    reason: str
    content: bytes

    @classmethod
    def of(cls, entry: SourceEntry, error: LhcrError) -> Self:
        return cls(
            origin=entry.origin,
            error=error.issues[0].error,
            reason=reason_of(error.issues),
            content=_kept(entry.content, error),
        )


def _kept(content: bytes, error: LhcrError) -> bytes:
    """Return what is kept of an input. Hazard: what was removed under an order is here again, in quarantine."""
    if all(issue.error != ENTRY_REMOVED for issue in error.issues):
        return content
    return f"Not kept: removed under an order. SHA-256 {hashlib.sha256(content).hexdigest()}".encode()


def reason_of(issues: Sequence[Issue]) -> str:
    """Put issues into one sentence or a few: what and where, the first three told in full."""
    told = " ".join(_told(issue) for issue in issues[:_MOST_TOLD])
    more = len(issues) - _MOST_TOLD
    return f"{told} And {more} more." if more > 0 else told


def _told(issue: Issue) -> str:
    return f"{told_path(issue.expression)}: {issue.diagnostics}" if issue.expression else issue.diagnostics


def told(refusal: Refusal) -> LhcrError:
    """Return a refusal for people. A database's own message may quote the content, so that only its code is told."""
    if isinstance(refusal, LhcrError):
        return refusal
    state = refusal.sqlstate if isinstance(refusal, asyncpg.PostgresError) else None
    diagnostics = f"The database does not take it (SQLSTATE {state or 'unknown'})."
    return Fault([Issue(code="exception", error="database-refused", diagnostics=diagnostics)])
