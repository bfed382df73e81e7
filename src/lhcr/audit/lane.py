"""A lane: one writer of the log, which numbers and chains its own entries, one transaction at a time."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from datetime import datetime
from typing import Final

from lhcr.audit.entry import PendingEntry

SALT_BYTES: Final = 16
_SEAL: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRows:
    """The column values of n entries of one lane, as arrays for `unnest`; `seq` counts on from `first_seq`."""

    writer_id: int
    first_seq: int
    recorded: list[datetime]
    person_ids: list[int | None]
    decisions: list[int | None]
    salts: list[bytes]
    digests: list[bytes]
    chains: list[bytes]
    texts: list[bytes]

    @property
    def parameters(self) -> tuple[object, ...]:
        """The nine parameters of the insert, in the order of `insert_fragment`."""
        return (
            self.writer_id,
            self.first_seq,
            self.recorded,
            self.person_ids,
            self.decisions,
            self.salts,
            self.digests,
            self.chains,
            self.texts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """The receipt that a lane's entries are durable: what `AuditLog.released_by_commit` asks for. Only a lane makes it."""

    seal: InitVar[object]
    writer_id: int
    last_seq: int

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only a lane of the log confirms a commit")


class Lane:
    """Writer `writer_id`, of whose entries `seq` are durable and the last has `chain`.

    Use: `rows = lane.prepare(entries)`, run the insert, then `committed()` once the commit is known, or `abandoned()` once the
    rollback is known. After an unknown outcome the lane must be dropped, because its next number may be taken.
    """

    def __init__(self, writer_id: int, *, seq: int = 0, chain: bytes | None = None) -> None:
        self.writer_id = writer_id
        self.seq = seq
        self.chain = first_chain(writer_id) if chain is None else chain
        #: Whether another has written under its number, so that nothing of it will be taken any more.
        self.overtaken = False
        self._pending: EntryRows | None = None

    @property
    def pending(self) -> EntryRows | None:
        """The rows that were prepared and of which nobody has said what became of them."""
        return self._pending

    @property
    def undecided(self) -> bool:
        """Whether rows were prepared of which nobody has said what became of them."""
        return self._pending is not None

    def prepare(self, entries: Sequence[PendingEntry]) -> EntryRows:
        """Return the rows of at least one entry. Raises RuntimeError while earlier rows are undecided."""
        if self._pending is not None or not entries:
            raise RuntimeError("a lane prepares at least one entry, and one transaction at a time")
        block = os.urandom(SALT_BYTES * len(entries))
        salts = [block[at : at + SALT_BYTES] for at in range(0, len(block), SALT_BYTES)]
        digests = [salted_digest(salt, entry.text) for salt, entry in zip(salts, entries, strict=True)]
        self._pending = EntryRows(
            writer_id=self.writer_id,
            first_seq=self.seq + 1,
            recorded=[entry.recorded for entry in entries],
            person_ids=[entry.person_id for entry in entries],
            decisions=[entry.decision for entry in entries],
            salts=salts,
            digests=digests,
            chains=_chained(self.chain, digests),
            texts=[entry.text for entry in entries],
        )
        return self._pending

    def committed(self) -> Committed:
        """Say that the prepared rows are durable."""
        rows = self._pending
        if rows is None:
            raise RuntimeError("nothing was prepared")
        self.seq += len(rows.texts)
        self.chain = rows.chains[-1]
        self._pending = None
        return Committed(seal=_SEAL, writer_id=self.writer_id, last_seq=self.seq)

    def abandoned(self) -> None:
        """Say that the prepared rows were rolled back for certain."""
        self._pending = None


def first_chain(writer_id: int) -> bytes:
    """Return what a writer's first entry is chained to, which binds the chain to the writer."""
    return hashlib.sha256(b"lhcr.audit.writer" + writer_id.to_bytes(8, "big")).digest()


def salted_digest(salt: bytes, text: bytes) -> bytes:
    return hashlib.sha256(salt + text).digest()


def next_chain(previous: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(previous + digest).digest()


def _chained(chain: bytes, digests: Sequence[bytes]) -> list[bytes]:
    chains = []
    for digest in digests:
        chain = next_chain(chain, digest)
        chains.append(chain)
    return chains
