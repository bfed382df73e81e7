"""The signed heads of a log, checked one after another: keys, signatures, numbers, sizes and times.

Pure. What the roots are worth is shown by the leaves, which the verifier compares with the heads that this keeps.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from lhcr.audit.log_key import KeyChain
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import Note, read_note

#: An area signs a head each minute. Longer without one it did not run, or was kept from it.
LONGEST_PAUSE: Final = timedelta(minutes=2)
#: An entry is written down before the head that covers it, by clocks that differ by less than this.
AHEAD: Final = timedelta(minutes=1)
#: An entry has its place within a second. One that waited for long, behind a large write, is not yet a clock that went back.
BEHIND: Final = timedelta(hours=1)
Tell: TypeAlias = Callable[[str, str, str], None]
"""Tells a defect: its kind, where it is, what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time without signed heads."""

    since: datetime
    until: datetime


@dataclass(slots=True)
class HeadChain:
    """Feed the key statements, then the heads by number. `heads` are those that can be read, whatever is wrong with them."""

    tell: Tell
    keys: KeyChain | None = None
    heads: list[SignedHead] = field(default_factory=list)
    pauses: int = 0
    longest_pause: Pause | None = None
    _complete: list[SignedHead] = field(default_factory=list)
    _by_number: dict[int, SignedHead] = field(default_factory=dict)
    _expected: int = 1

    def read_keys(self, statements: Sequence[str]) -> None:
        try:
            self.keys = KeyChain.read(statements) if statements else None
        except ValueError as error:
            self.tell("broken-key-chain", "keys", str(error))

    def head(self, number: int, text: str) -> None:
        """Check the next head. `number` is where it was kept; the note says its own."""
        where = f"signed head {number}"
        if number != self._expected:
            self.tell("missing-signed-head", where, f"Signed head {self._expected} is not there.")
        self._expected = number + 1
        try:
            note = read_note(text)
            head = SignedHead.read(note.text)
        except ValueError:
            self.tell("unreadable-head", where, "This is not written as a signed head is.")
            return
        if head.number != number:
            self.tell("renumbered-head", where, f"The head says that it is number {head.number}.")
        self._check_signature(head, note, where)
        if self.heads:
            self._compare(self.heads[-1], head, where)
        self.heads.append(head)
        if not head.behind:
            self._complete.append(head)
        self._by_number.setdefault(head.number, head)

    def signed(self, note: Note, head: SignedHead) -> bool:
        """Return whether the one key that may sign this head did."""
        return (
            self.keys is not None
            and head.origin == self.keys.origin
            and note.signed_by(self.keys.of_head(head.number).public)
        )

    def numbered(self, number: int) -> SignedHead | None:
        return self._by_number.get(number)

    def check_time(self, leaf_index: int, recorded: datetime, where: str) -> None:
        """Tell where an entry's time does not lie between the head that did not cover its leaf yet and the one that did."""
        after = bisect_right(self.heads, leaf_index, key=lambda head: head.tree_size)
        if after < len(self.heads) and recorded > self.heads[after].recorded + AHEAD:
            self.tell("dated-ahead", where, "The entry says a time after that of the head that covers it.")
        before = bisect_right(self._complete, leaf_index, key=lambda head: head.tree_size)
        if before and recorded < self._complete[before - 1].recorded - BEHIND:
            self.tell("dated-back", where, "The entry says a time long before that of a head that did not have it yet.")

    def _check_signature(self, head: SignedHead, note: Note, where: str) -> None:
        if self.keys is not None and head.origin != self.keys.origin:
            self.tell("foreign-head", where, "The head is that of another log.")
        elif not self.signed(note, head):
            self.tell("wrong-signature", where, "The head is not signed by the key that may sign it.")

    def _compare(self, before: SignedHead, head: SignedHead, where: str) -> None:
        if head.tree_size < before.tree_size:
            self.tell(
                "shrunk", where, f"The head covers {head.tree_size} leaves, the one before it {before.tree_size}."
            )
        if head.tree_size == before.tree_size and head.root_hash != before.root_hash:
            self.tell("fork", where, "Two heads of one size have different roots: two logs were shown to somebody.")
        if head.recorded < before.recorded:
            self.tell("clock-went-back", where, "The head says a time before that of the head before it.")
        self._note_pause(before.recorded, head.recorded)

    def _note_pause(self, since: datetime, until: datetime) -> None:
        if until - since <= LONGEST_PAUSE:
            return
        self.pauses += 1
        longest = self.longest_pause
        if longest is None or until - since > longest.until - longest.since:
            self.longest_pause = Pause(since=since, until=until)
