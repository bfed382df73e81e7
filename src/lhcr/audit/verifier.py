"""The verifier: recomputes everything that the log claims, from its rows alone, and tells every defect that it finds.

Pure: rows come from a database or an export. Feed writers, then entries in the order (writer, seq), then heads and leaves in
the order of the tree, then ask for the `verdict`. What it cannot see: entries cut from the end of a writer that is still open
and not yet sequenced, and a whole log that was made anew; against the second, compare with a head that somebody else keeps.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from lhcr.audit.entry import Entry
from lhcr.audit.lane import first_chain, next_chain, salted_digest
from lhcr.audit.leaf import entry_leaf
from lhcr.audit.merkle import Frontier

#: Defects are told one by one up to this number, and counted beyond it.
MOST_TOLD: Final = 1_000


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
    """`digest` is that of the entry which the leaf names, None where there is none."""

    leaf_index: int
    writer_id: int
    seq: int
    leaf_hash: bytes
    digest: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`note` is the signed note that says so, where somebody kept the head in this form."""

    tree_size: int
    root_hash: bytes
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """`kind` is a stable word; `where` names the entry, leaf or head; `meaning` is one sentence for people."""

    kind: str
    where: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`verified_to` is the last head that the leaves lead to; entries after it (`unsequenced`) rest on their chains alone."""

    entries: int
    disposed: int
    writers: int
    verified_to: Head
    unsequenced: int
    witnessed_to: int
    defects: tuple[Defect, ...]
    defect_count: int

    @property
    def intact(self) -> bool:
        return self.defect_count == 0


@dataclass(slots=True)
class _Run:
    """What is known of one writer's entries so far."""

    seq: int = 0
    chain: bytes = b""
    placed: int = 0


@dataclass(slots=True)
class Verifier:
    """`witnessed` are heads that somebody else kept."""

    witnessed: tuple[Head, ...] = ()
    _writers: dict[int, WriterRow] = field(default_factory=dict)
    _runs: dict[int, _Run] = field(default_factory=dict)
    _heads: dict[int, bytes] = field(default_factory=dict)
    _frontier: Frontier = field(default_factory=Frontier)
    _verified_to: Head = field(default_factory=lambda: Head(tree_size=0, root_hash=Frontier().root))
    _witnessed_to: int = 0
    _entries: int = 0
    _disposed: int = 0
    _defects: list[Defect] = field(default_factory=list)
    _defect_count: int = 0

    def writers(self, rows: Iterable[WriterRow]) -> None:
        self._writers = {row.writer_id: row for row in rows}

    def heads(self, rows: Iterable[Head]) -> None:
        self._heads = {row.tree_size: row.root_hash for row in rows}

    def entry(self, row: EntryRow) -> None:
        self._entries += 1
        where = f"writer {row.writer_id} entry {row.seq}"
        run = self._runs.setdefault(row.writer_id, _Run(chain=first_chain(row.writer_id)))
        if row.writer_id not in self._writers:
            self._tell("unknown-writer", where, "The entry names a writer that the log does not know.")
        if row.seq != run.seq + 1:
            self._tell("missing-entry", where, f"Entries {run.seq + 1} to {row.seq - 1} of this writer are missing.")
        elif next_chain(run.chain, row.digest) != row.chain:
            self._tell("broken-chain", where, "The entry does not follow from the one before it.")
        run.seq, run.chain = row.seq, row.chain
        if row.text is None:
            self._disposed += 1
        else:
            self._text(row, row.text, where)

    def leaf(self, row: LeafRow) -> None:
        where = f"leaf {row.leaf_index}"
        if row.leaf_index != self._frontier.size:
            self._tell("missing-leaf", where, f"Leaves {self._frontier.size} to {row.leaf_index - 1} are missing.")
        run = self._runs.setdefault(row.writer_id, _Run(chain=first_chain(row.writer_id)))
        if row.seq != run.placed + 1:
            self._tell("reordered", where, "The leaf does not follow the writer's leaf before it.")
        run.placed = row.seq
        if row.digest is None:
            self._tell("deleted-entry", where, f"Entry {row.seq} of writer {row.writer_id} was sequenced and is gone.")
        elif entry_leaf(writer_id=row.writer_id, seq=row.seq, digest=row.digest) != row.leaf_hash:
            self._tell("replaced-entry", where, f"Entry {row.seq} of writer {row.writer_id} is not the one sequenced.")
        self._frontier = self._frontier.append(row.leaf_hash)
        self._compare_heads()

    def verdict(self) -> Verdict:
        self._check_writers()
        self._check_ends()
        sequenced = sum(min(run.placed, run.seq) for run in self._runs.values())
        return Verdict(
            entries=self._entries,
            disposed=self._disposed,
            writers=len(self._writers),
            verified_to=self._verified_to,
            unsequenced=max(self._entries - sequenced, 0),
            witnessed_to=self._witnessed_to,
            defects=tuple(self._defects),
            defect_count=self._defect_count,
        )

    def _text(self, row: EntryRow, text: bytes, where: str) -> None:
        if salted_digest(row.salt, text) != row.digest:
            self._tell("edited-entry", where, "The entry's text is not the one that was written.")
            return
        try:
            entry = msgspec.json.decode(text, type=Entry)
        except ValueError:
            self._tell("unreadable-entry", where, "The entry's text is not an entry.")
            return
        if (entry.recorded, entry.person) != (row.recorded, row.person_id):
            self._tell("edited-column", where, "Time or person beside the text are not those in the text.")

    def _compare_heads(self) -> None:
        size = self._frontier.size
        witnesses = [head for head in self.witnessed if head.tree_size == size]
        stored = self._heads.get(size)
        if stored is None and not witnesses:
            return
        root = self._frontier.root
        for head in witnesses:
            self._compare_witness(head, root)
        if stored is None:
            return
        if stored == root:
            self._verified_to = Head(tree_size=size, root_hash=root)
        else:
            self._tell("wrong-head", f"head {size}", "The leaves do not lead to this head.")

    def _compare_witness(self, head: Head, root: bytes) -> None:
        if head.root_hash == root:
            self._witnessed_to = max(self._witnessed_to, head.tree_size)
        else:
            self._tell("contradicts-witness", f"head {head.tree_size}", "The log is not the one that the witness saw.")

    def _check_writers(self) -> None:
        for row in self._writers.values():
            run = self._runs.get(row.writer_id, _Run())
            where = f"writer {row.writer_id}"
            if row.last_seq is not None and row.last_seq != run.seq:
                self._tell("wrong-end", where, f"The writer ended at entry {row.last_seq}, its entries at {run.seq}.")
            if row.sequenced != run.placed:
                self._tell(
                    "wrong-mark", where, f"Entries to {row.sequenced} were sequenced, leaves are there to {run.placed}."
                )
            if run.placed > run.seq:
                self._tell("truncated", where, f"Entries after {run.seq} were sequenced and are gone.")

    def _check_ends(self) -> None:
        size = self._frontier.size
        for beyond in sorted(known for known in self._heads if known > size):
            self._tell("truncated", f"head {beyond}", f"The head covers {beyond} leaves, and {size} are there.")
        if size and max(self._heads, default=0) < size:
            self._tell(
                "missing-head", f"leaf {size - 1}", "Leaves are stored with their head, and the last one has none."
            )
        for head in self.witnessed:
            if head.tree_size > size:
                self._tell(
                    "truncated",
                    f"head {head.tree_size}",
                    f"A witness saw {head.tree_size} leaves, and {size} are there.",
                )

    def _tell(self, kind: str, where: str, meaning: str) -> None:
        self._defect_count += 1
        if len(self._defects) < MOST_TOLD:
            self._defects.append(Defect(kind=kind, where=where, meaning=meaning))
