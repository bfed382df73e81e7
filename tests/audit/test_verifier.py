"""The verifier over logs made here: an honest one is intact whatever its shape, and every tampering is told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audit.made_log import ONE, TWO, signed_head, statements

from lhcr.audit.disposal_entry import DESTROY, LOG_USED
from lhcr.audit.entry import Agent, Entry
from lhcr.audit.lane import first_chain, next_chain, salted_digest
from lhcr.audit.leaf import entry_leaf
from lhcr.audit.log_key import origin_of
from lhcr.audit.log_rows import EntryRow, LeafRow, WriterRow
from lhcr.audit.merkle import root_of
from lhcr.audit.tree_head import Head
from lhcr.audit.verdict import Verdict
from lhcr.audit.verifier import MOST_TOLD, Verifier

BEGINNING = datetime(2026, 3, 2, tzinfo=UTC)
AGENT = Agent(user="u", name="Dr Ada Fell", kind="professional")


@dataclass(frozen=True)
class Log:
    """The rows of a whole log, as `verify` reads them."""

    writers: tuple[WriterRow, ...]
    entries: tuple[EntryRow, ...]
    heads: tuple[Head, ...]
    leaves: tuple[LeafRow, ...]

    def verdict(self, *, witnessed: tuple[Head, ...] = ()) -> Verdict:
        verifier = Verifier(witnessed=witnessed)
        verifier.writers(self.writers)
        for entry in self.entries:
            verifier.entry(entry)
        verifier.heads(self.heads)
        # Whatever the heads say, the area signed it.
        verifier.keys(statements(ONE, TWO))
        for number, head in enumerate(self.heads, start=1):
            note = signed_head(number, head.tree_size, head.root_hash, secrets=(ONE, TWO), origin=origin_of(ONE))
            verifier.signed_head(*note)
        for leaf in self.leaves:
            verifier.leaf(leaf)
        return verifier.verdict()


def entries_of(writer: int, count: int, **said: Any) -> list[EntryRow]:
    chain, rows = first_chain(writer), []
    for seq in range(1, count + 1):
        facts = {"recorded": BEGINNING + timedelta(seconds=seq), "kind": "rest", "subtype": "read", **said}
        entry = Entry(action="R", outcome="0", agent=AGENT, purpose="TREAT", source="Area", person=seq, **facts)
        recorded, text = entry.recorded, msgspec.json.encode(entry)
        salt = bytes([writer, seq] * 8)
        digest = salted_digest(salt, text)
        chain = next_chain(chain, digest)
        rows.append(
            EntryRow(
                writer_id=writer,
                seq=seq,
                recorded=recorded,
                person_id=seq,
                salt=salt,
                digest=digest,
                chain=chain,
                text=text,
            )
        )
    return rows


def honest(counts: list[int], order: list[int], *, heads_every: int = 2) -> Log:
    """A log of as many entries of each writer; `order` draws which writer is sequenced next, the rest stay unsequenced."""
    written = {writer: entries_of(writer, count) for writer, count in enumerate(counts, start=1)}
    placed = dict.fromkeys(written, 0)
    leaves: list[LeafRow] = []
    for drawn in order:
        writer = drawn % len(counts) + 1
        if placed[writer] < len(written[writer]):
            row = written[writer][placed[writer]]
            placed[writer] += 1
            leaf = entry_leaf(writer_id=writer, seq=row.seq, digest=row.digest)
            leaves.append(
                LeafRow(leaf_index=len(leaves), writer_id=writer, seq=row.seq, leaf_hash=leaf, digest=row.digest)
            )
    hashes = [leaf.leaf_hash for leaf in leaves]
    sizes = sorted({*range(heads_every, len(leaves) + 1, heads_every), *([len(leaves)] if leaves else [])})
    return Log(
        writers=tuple(
            WriterRow(writer_id=writer, sequenced=placed[writer], last_seq=len(rows) if writer % 2 else None)
            for writer, rows in written.items()
        ),
        entries=tuple(row for rows in written.values() for row in rows),
        heads=tuple(Head(tree_size=size, root_hash=root_of(hashes[:size])) for size in sizes),
        leaves=tuple(leaves),
    )


COUNTS = st.lists(st.integers(0, 5), min_size=1, max_size=4)
ORDERS = st.lists(st.integers(0, 3), max_size=24)
LOG = honest([4, 3, 5], [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 2])


@settings(max_examples=60)
@given(counts=COUNTS, order=ORDERS, every=st.integers(1, 5))
def test_an_honest_log_is_intact_and_verified_to_its_last_head(counts: list[int], order: list[int], every: int) -> None:
    log = honest(counts, order, heads_every=every)
    verdict = log.verdict(witnessed=log.heads[-1:])
    assert verdict.intact, verdict.defects
    assert (verdict.entries, verdict.writers) == (sum(counts), len(counts))
    assert verdict.verified_to.tree_size == len(log.leaves) == verdict.witnessed_to
    assert verdict.unsequenced == sum(counts) - len(log.leaves)


@settings(max_examples=100)
@given(data=st.data())
def test_an_entry_that_is_cut_out_or_altered_is_told_wherever_it_stood(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LOG.entries) - 1))
    row = LOG.entries[at]
    assert row.text is not None
    changes: list[dict[str, Any]] = [
        {"text": row.text.replace(b"Fell", b"Fall")},
        {"recorded": row.recorded + timedelta(seconds=1)},
        {"person_id": 999},
        {"person_id": None},
        {"digest": bytes(32)},
        {"chain": bytes(32)},
        {"salt": bytes(16)},
        {"text": b"{}"},
    ]
    change = data.draw(st.sampled_from([None, *changes]))
    altered = () if change is None else (replace(row, **change),)
    entries = (*LOG.entries[:at], *altered, *LOG.entries[at + 1 :])
    if change is None:
        # A reader finds no digest for the leaf of an entry that is gone.
        leaves = tuple(
            replace(leaf, digest=None) if (leaf.writer_id, leaf.seq) == (row.writer_id, row.seq) else leaf
            for leaf in LOG.leaves
        )
        assert not replace(LOG, entries=entries, leaves=leaves).verdict().intact
    else:
        assert not replace(LOG, entries=entries).verdict().intact


@settings(max_examples=60)
@given(data=st.data())
def test_a_leaf_that_is_cut_out_swapped_or_altered_is_told_wherever_it_stood(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LOG.leaves) - 2))
    one, two = LOG.leaves[at : at + 2]
    swapped = (replace(two, leaf_index=at), replace(one, leaf_index=at + 1))
    tampered = data.draw(st.sampled_from([(two,), swapped, (replace(one, leaf_hash=bytes(32)), two)]))
    assert not replace(LOG, leaves=(*LOG.leaves[:at], *tampered, *LOG.leaves[at + 2 :])).verdict().intact


def kinds(verdict: Verdict) -> set[str]:
    return {defect.kind for defect in verdict.defects}


@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        (lambda log: replace(log, leaves=log.leaves[:-1]), "truncated"),
        (lambda log: replace(log, heads=log.heads[:-1]), "missing-head"),
        (lambda log: replace(log, heads=(replace(log.heads[0], root_hash=bytes(32)), *log.heads[1:])), "wrong-head"),
        (lambda log: replace(log, writers=log.writers[1:]), "unknown-writer"),
        (lambda log: replace(log, writers=(replace(log.writers[0], last_seq=9), *log.writers[1:])), "wrong-end"),
        (lambda log: replace(log, writers=(replace(log.writers[0], sequenced=1), *log.writers[1:])), "wrong-mark"),
    ],
)
def test_tampering_is_called_by_its_name(tamper: Callable[[Log], Log], kind: str) -> None:
    assert kind in kinds(tamper(LOG).verdict())


def test_a_text_whose_retention_ended_leaves_every_proof_standing() -> None:
    disposed = tuple(replace(row, text=None, salt=b"") for row in LOG.entries)
    assert kinds(replace(LOG, entries=disposed).verdict()) == {"text-removed"}
    writer = WriterRow(writer_id=9, sequenced=0, last_seq=None)
    until = BEGINNING + timedelta(days=1)
    for before, told in ((until, set()), (LOG.entries[-1].recorded, {"text-removed"})):
        said = entries_of(
            9, 1, kind=LOG_USED, subtype=DESTROY, query=f"recorded=lt{before.isoformat()}", recorded=until
        )
        verdict = replace(LOG, entries=(*disposed, *said), writers=(*LOG.writers, writer)).verdict()
        assert (kinds(verdict), verdict.disposed, verdict.disposed_until) == (told, len(LOG.entries), before)


def test_a_log_made_anew_contradicts_what_a_witness_saw() -> None:
    other = honest([4, 3, 5], [2, 1, 0, 2, 1, 0, 2, 1, 0, 0, 2])
    assert other.verdict().intact
    assert kinds(other.verdict(witnessed=LOG.heads)) == {"contradicts-witness"}


def test_a_log_cut_back_to_an_earlier_head_is_told_by_a_witness_of_a_later_one() -> None:
    shorter = honest([4, 3, 5], [0, 1, 2])
    assert kinds(shorter.verdict(witnessed=LOG.heads[-1:])) == {"truncated"}


def test_defects_beyond_those_that_are_told_are_counted() -> None:
    verifier = Verifier()
    for seq in range(2, 2 * (MOST_TOLD + 2), 2):
        verifier.entry(replace(LOG.entries[0], writer_id=99, seq=seq, text=None))
    verdict = verifier.verdict()
    assert len(verdict.defects) == MOST_TOLD
    assert verdict.defect_count > MOST_TOLD
    assert not verdict.intact


def test_leaves_of_one_writer_in_another_order_are_told_although_the_heads_fit_them() -> None:
    """Whoever can sign heads could pass an entry off as earlier than the one before it."""
    first, second = (at for at, leaf in enumerate(LOG.leaves) if leaf.writer_id == 1 and leaf.seq < 3)
    moved = list(LOG.leaves)
    moved[first], moved[second] = (
        replace(LOG.leaves[second], leaf_index=first),
        replace(LOG.leaves[first], leaf_index=second),
    )
    hashes = [leaf.leaf_hash for leaf in moved]
    heads = tuple(Head(tree_size=head.tree_size, root_hash=root_of(hashes[: head.tree_size])) for head in LOG.heads)
    assert kinds(replace(LOG, leaves=tuple(moved), heads=heads).verdict()) == {"reordered"}
