"""Whole logs made in memory: honest ones, and those that somebody makes who has some or all of the area's keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from lhcr.audit.entry import Agent, Entry
from lhcr.audit.lane import first_chain, next_chain, salted_digest
from lhcr.audit.leaf import entry_leaf
from lhcr.audit.log_key import KeyChain, first_statement, next_statement, origin_of
from lhcr.audit.log_rows import EntryRow, LeafRow, WriterRow
from lhcr.audit.merkle import EMPTY_ROOT, Frontier
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import PrivateKey, sign_note
from lhcr.audit.tree_head import Head
from lhcr.audit.verdict import Verdict
from lhcr.audit.verifier import Verifier

BEGINNING = datetime(2026, 3, 2, tzinfo=UTC)
AGENT = Agent(user="u", name="Dr Ada Fell", kind="professional")
ONE, TWO, FOREIGN, FOREIGN_TOO = (bytes([number] * 32) for number in range(1, 5))


@dataclass(frozen=True, slots=True)
class Made:
    """An entry in the order of the tree, before it is numbered and chained."""

    writer_id: int
    recorded: datetime
    person_id: int
    salt: bytes
    digest: bytes
    text: bytes


@cache
def made(number: int, *, name: str = "", back: timedelta = timedelta(0)) -> Made:
    """The entry of this place: two writers take turns. `name` makes it another; `back` is how much earlier it says it was."""
    recorded = BEGINNING + timedelta(seconds=number + 1) - back
    entry = Entry(
        recorded=recorded, kind="rest", subtype="read", action="R", outcome="0", agent=AGENT, purpose="TREAT", source="Area",
        person=number, asked=name,
    )  # fmt: skip
    text, salt = msgspec.json.encode(entry), number.to_bytes(16, "big")
    return Made(1 + number % 2, recorded, number, salt, salted_digest(salt, text), text)


Row = tuple[EntryRow | None, LeafRow | None]


@dataclass(frozen=True)
class Log:
    """A whole log as its export holds it: entries with their leaves, in the order of the tree."""

    writers: tuple[WriterRow, ...]
    heads: tuple[Head, ...]
    keys: tuple[str, ...]
    signed: tuple[tuple[int, str], ...]
    rows: tuple[Row, ...]

    @property
    def witness(self) -> Head:
        """The last signed head, as somebody else kept it."""
        note = self.signed[-1][1]
        head = SignedHead.read(note.partition("\n\n")[0] + "\n")
        return Head(tree_size=head.tree_size, root_hash=head.root_hash, note=note)

    def verifier(self, *, witnessed: tuple[Head, ...] = ()) -> Verifier:
        """A verifier that knows what comes before the entries."""
        verifier = Verifier(witnessed=witnessed)
        verifier.writers(self.writers)
        verifier.heads(self.heads)
        verifier.keys(self.keys)
        for number, note in self.signed:
            verifier.signed_head(number, note)
        return verifier

    def verdict(self, *, witnessed: tuple[Head, ...] = ()) -> Verdict:
        verifier = self.verifier(witnessed=witnessed)
        for row in self.rows:
            feed(verifier, row)
        return verifier.verdict()


def feed(verifier: Verifier, row: Row) -> None:
    entry, leaf = row
    if entry is not None:
        verifier.entry(entry)
    if leaf is not None:
        verifier.leaf(leaf)


def rows_of(history: Sequence[Made], *, begun: Sequence[Row] = ()) -> tuple[Row, ...]:
    """Number, chain and place entries as an honest writer and sequencer would, where the first of them are rows already."""
    seqs = {entry.writer_id: entry.seq for entry, _ in begun if entry is not None}
    chains = {entry.writer_id: entry.chain for entry, _ in begun if entry is not None}
    rows = list(begun)
    for index, each in enumerate(history[len(begun) :], start=len(begun)):
        writer = each.writer_id
        seq = seqs[writer] = seqs.get(writer, 0) + 1
        chain = chains[writer] = next_chain(chains.get(writer) or first_chain(writer), each.digest)
        entry = EntryRow(
            writer_id=writer, seq=seq, recorded=each.recorded, person_id=each.person_id, salt=each.salt, digest=each.digest,
            chain=chain, text=each.text,
        )  # fmt: skip
        leaf = entry_leaf(writer_id=writer, seq=seq, digest=each.digest)
        place = LeafRow(
            leaf_index=index, writer_id=writer, seq=seq, leaf_hash=leaf, digest=each.digest, recorded=each.recorded
        )
        rows.append((entry, place))
    return tuple(rows)


def sizes_of(count: int) -> tuple[int, ...]:
    """Where a log of so many entries has heads: one before anything happened, some on the way, and a quiet one at the end."""
    return (0, *sorted({(count + 1) // 3, (2 * count + 1) // 3, count - 1, count} - {0}), count)


def log_of(
    history: Sequence[Made],
    sizes: Sequence[int],
    *,
    secrets: tuple[bytes, bytes] = (ONE, TWO),
    first: bytes | None = None,
    begun: Sequence[Row] = (),
) -> Log:
    """Make the log with heads of these sizes. `secrets` sign them, the second from the third head on; the statements of the
    keys are those of the area's own, or those that begin with the key `first`.
    """
    rows = rows_of(history, begun=begun)
    roots = roots_of(rows, sizes)
    writers = {row.writer_id: row.seq for row, _ in rows if row is not None}
    own = first or ONE
    return Log(
        writers=tuple(WriterRow(writer_id=writer, sequenced=seq, last_seq=None) for writer, seq in writers.items()),
        heads=tuple(Head(tree_size=size, root_hash=roots[size]) for size in sorted(set(sizes)) if size),
        keys=statements(own, secrets[1] if first else TWO),
        signed=tuple(
            signed_head(number, size, roots[size], secrets=secrets, origin=origin_of(own))
            for number, size in enumerate(sizes, start=1)
        ),
        rows=rows,
    )


def roots_of(rows: Sequence[Row], sizes: Sequence[int]) -> dict[int, bytes]:
    roots, frontier, before = {0: EMPTY_ROOT}, Frontier(), 0
    for size in sizes:
        frontier = frontier.extend(leaf.leaf_hash for _, leaf in rows[before:size] if leaf is not None)
        roots[size], before = frontier.root, size
    return roots


@cache
def signed_head(
    number: int, size: int, root: bytes, *, secrets: tuple[bytes, bytes], origin: str, back: timedelta = timedelta(0)
) -> tuple[int, str]:
    recorded = BEGINNING + timedelta(seconds=size + 2, milliseconds=number) - back
    head = SignedHead(origin=origin, tree_size=size, root_hash=root, number=number, recorded=recorded)
    return number, sign_note(head.text, PrivateKey(origin, secrets[0] if number < 3 else secrets[1]))


@cache
def statements(one: bytes, two: bytes, voucher: bytes | None = None) -> tuple[str, str]:
    """The statements of two keys, the second vouched for by the first, or by a `voucher` that may not."""
    first = first_statement(one, after=0, now=BEGINNING)
    second = next_statement(KeyChain.read([first]), old=voucher or one, new=two, after=2, now=BEGINNING)
    return first, second


def honest(count: int) -> Log:
    return log_of([made(number) for number in range(count)], sizes_of(count))


Change = Callable[[Sequence[Made], int], list[Made]]


def with_row(log: Log, at: int, *rows: Row, instead: int = 1) -> Log:
    """Put rows in the place of as many as `instead`."""
    return replace(log, rows=(*log.rows[:at], *rows, *log.rows[at + instead :]))
