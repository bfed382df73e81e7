"""The rows of the log as a verifier reads them, from a database or from an export."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterRow:
    writer_id: int
    sequenced: int
    last_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """`text` is None where its retention ended and it was disposed of."""

    writer_id: int
    seq: int
    recorded: datetime
    person_id: int | None
    salt: bytes
    digest: bytes
    chain: bytes
    text: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafRow:
    """`digest` and `recorded` are those of the entry which the leaf names, None where there is none."""

    leaf_index: int
    writer_id: int
    seq: int
    leaf_hash: bytes
    digest: bytes | None
    recorded: datetime | None = None
