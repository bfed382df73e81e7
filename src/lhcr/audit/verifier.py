"""The verifier: recomputes everything that the log claims, from its rows alone, and tells every defect that it finds.

Pure: rows come from a database or an export. Feed writers, keys and heads, then entries in the order (writer, seq) and leaves in
the order of the tree, then ask for the `verdict`. What it cannot see: entries cut from the end of a writer that is still open
and not yet sequenced, and a log that was shortened or made anew as a whole by whoever has its key; against the second, compare
with a head that somebody else keeps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from lhcr.audit.disposal_entry import disposed_before
from lhcr.audit.entry import Entry
from lhcr.audit.head_chain import HeadChain
from lhcr.audit.lane import first_chain, next_chain, salted_digest
from lhcr.audit.leaf import entry_leaf
from lhcr.audit.log_rows import EntryRow, LeafRow, WriterRow
from lhcr.audit.merkle import EMPTY_ROOT, Frontier
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.tree_head import Head
from lhcr.audit.verdict import Defect, Verdict
from lhcr.audit.witness_head import witness_contradiction
from lhcr.audit.writer_lost import lost_at, says_lost

#: Defects are told one by one up to this number, and counted beyond it.
MOST_TOLD: Final = 1_000


@dataclass(slots=True)
class _Run:
    """What is known of one writer's entries so far."""

    seq: int = 0
    chain: bytes = b""
    placed: int = 0
    lost: int | None = None


@dataclass(slots=True)
class Verifier:
    """`witnessed` are heads that somebody else kept; `texts` is False where the texts of entries were left out."""

    witnessed: tuple[Head, ...] = ()
    texts: bool = True
    _writers: dict[int, WriterRow] = field(default_factory=dict)
    _runs: dict[int, _Run] = field(default_factory=dict)
    _heads: dict[int, bytes] = field(default_factory=dict)
    _signed: dict[int, SignedHead] = field(default_factory=dict)
    _chain: HeadChain = field(init=False)
    _frontier: Frontier = field(default_factory=Frontier)
    _verified_to: Head = field(default_factory=lambda: Head(tree_size=0, root_hash=Frontier().root))
    _signed_to: SignedHead | None = None
    _witnessed_to: int = 0
    _disposed_until: datetime | None = None
    _last_disposed: tuple[datetime, str] | None = None
    _entries: int = 0
    _disposed: int = 0
    _defects: list[Defect] = field(default_factory=list)
    _defect_count: int = 0

    def __post_init__(self) -> None:
        self._chain = HeadChain(self._tell)

    def writers(self, rows: Iterable[WriterRow]) -> None:
        self._writers = {row.writer_id: row for row in rows}

    def heads(self, rows: Iterable[Head]) -> None:
        self._heads = {row.tree_size: row.root_hash for row in rows}

    def keys(self, statements: Sequence[str]) -> None:
        self._chain.read_keys(statements)

    def signed_head(self, number: int, note: str) -> None:
        """Take the next signed head, in the order of their numbers, after the keys."""
        before = len(self._chain.heads)
        self._chain.head(number, note)
        for head in self._chain.heads[before:]:
            self._signed[head.tree_size] = head
            if head.tree_size == 0:
                self._compare_signed(head, EMPTY_ROOT)

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
            self._last_disposed = max(self._last_disposed or (row.recorded, where), (row.recorded, where))
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
        if row.recorded is not None:
            self._chain.check_time(row.leaf_index, row.recorded, where)
        self._frontier = self._frontier.append(row.leaf_hash)
        self._compare_heads()

    def verdict(self) -> Verdict:
        self._check_writers()
        self._check_ends()
        self._check_witnesses()
        self._check_disposal()
        sequenced = sum(min(run.placed, run.seq) for run in self._runs.values())
        return Verdict(
            entries=self._entries,
            disposed=self._disposed,
            writers=len(self._writers),
            verified_to=self._verified_to,
            unsequenced=max(self._entries - sequenced, 0),
            witnessed_to=self._witnessed_to,
            signed_to=self._signed_to,
            signed_heads=len(self._chain.heads),
            key_id=self._key_id(),
            keys=len(self._chain.keys.keys) if self._chain.keys else 0,
            pauses=self._chain.pauses,
            longest_pause=self._chain.longest_pause,
            texts=self.texts,
            disposed_until=self._disposed_until,
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
        if says_lost(entry):
            self._lost(row, entry, where)
        before = disposed_before(entry)
        if before is not None:
            self._disposed_until = max(self._disposed_until or before, before)

    def _lost(self, row: EntryRow, entry: Entry, where: str) -> None:
        """Hazard: whoever cuts a writer short says that its worker was killed. What says so is in the writer's chain, and its last."""
        self._runs[row.writer_id].lost = row.seq
        if not lost_at(entry, writer_id=row.writer_id, seq=row.seq):
            self._tell("wrong-loss", where, "It says that a writer was lost, and not the one that it is of.")

    def _compare_heads(self) -> None:
        size = self._frontier.size
        witnesses = [head for head in self.witnessed if head.tree_size == size]
        stored, signed = self._heads.get(size), self._signed.get(size)
        if stored is None and signed is None and not witnesses:
            return
        root = self._frontier.root
        for head in witnesses:
            self._compare_witness(head, root)
        if signed is not None:
            self._compare_signed(signed, root)
        if stored == root:
            self._verified_to = Head(tree_size=size, root_hash=root)
        elif stored is not None:
            self._tell("wrong-head", f"head {size}", "The leaves do not lead to this head.")

    def _compare_signed(self, head: SignedHead, root: bytes) -> None:
        if head.root_hash == root:
            self._signed_to = head
        else:
            self._tell("wrong-head", f"signed head {head.number}", "The leaves do not lead to this head.")

    def _compare_witness(self, head: Head, root: bytes) -> None:
        if head.root_hash == root:
            if not witness_contradiction(self._chain, head):
                self._witnessed_to = max(self._witnessed_to, head.tree_size)
        else:
            self._tell("contradicts-witness", f"head {head.tree_size}", "The log is not the one that the witness saw.")

    def _check_writers(self) -> None:
        for row in self._writers.values():
            run = self._runs.get(row.writer_id, _Run())
            where = f"writer {row.writer_id}"
            if row.last_seq is not None and row.last_seq != run.seq:
                self._tell("wrong-end", where, f"The writer ended at entry {row.last_seq}, its entries at {run.seq}.")
            if run.lost is not None and not run.lost == run.seq == row.last_seq:
                self._tell("wrong-loss", where, f"The writer was lost at entry {run.lost}, which is not its end.")
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
        for head in self._signed.values():
            if head.tree_size > size:
                self._tell(
                    "truncated", f"signed head {head.number}", f"It covers {head.tree_size} leaves, {size} are there."
                )
        if self._heads and max(self._heads) > max(self._signed, default=0):
            where = f"head {max(self._heads)}"
            self._tell(
                "unsigned-head", where, "The last head is not signed: its signature, or the area's key, was removed."
            )

    def _check_witnesses(self) -> None:
        for head in self.witnessed:
            where = f"head {head.tree_size}"
            contradiction = witness_contradiction(self._chain, head)
            if contradiction:
                self._tell("contradicts-witness", where, contradiction)
            if head.tree_size > self._frontier.size:
                seen = f"A witness saw {head.tree_size} leaves, and {self._frontier.size} are there."
                self._tell("truncated", where, seen)

    def _check_disposal(self) -> None:
        """Hazard: whoever wants a text to be gone says that its retention ended. Disposal says so in the log itself."""
        if not self.texts or self._last_disposed is None:
            return
        recorded, where = self._last_disposed
        if self._disposed_until is None or recorded >= self._disposed_until:
            self._tell(
                "text-removed", where, "The text is gone, and no entry says that texts of this time were disposed of."
            )

    def _key_id(self) -> str:
        if self._signed_to is None or self._chain.keys is None:
            return ""
        return self._chain.keys.of_head(self._signed_to.number).public.key_id.hex()

    def _tell(self, kind: str, where: str, meaning: str) -> None:
        self._defect_count += 1
        if len(self._defects) < MOST_TOLD:
            self._defects.append(Defect(kind=kind, where=where, meaning=meaning))
