"""Every class of tampering, at every position, in logs of many sizes, is detected; an honest log never gives an alarm.

Hazard: whoever looked at a record, or hid that somebody did, changes the log afterwards. Each class is also tried with care:
everything that follows from the change is made anew, up to where the keys that the tamperer has allow.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

import pytest
from tests.audit.made_log import (
    FOREIGN,
    FOREIGN_TOO,
    ONE,
    TWO,
    Log,
    Made,
    feed,
    honest,
    log_of,
    made,
    roots_of,
    rows_of,
    signed_head,
    sizes_of,
    statements,
    with_row,
)

from lhcr.audit.lane import next_chain, salted_digest
from lhcr.audit.log_key import origin_of
from lhcr.audit.signed_note import PublicKey
from lhcr.audit.tree_head import Head
from lhcr.audit.verifier import Verifier

SIZES = [*range(1, 18), 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257]
HOURS = timedelta(hours=2)
#: So small that each case is also verified whole, to show that going on from a prefix hides nothing.
SMALL = 6

Tamper = Callable[[Log, int], Log | None]


@pytest.fixture(autouse=True)
def _remember_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same few hundred signatures are verified in thousands of logs."""
    monkeypatch.setattr(PublicKey, "verifies", lru_cache(maxsize=None)(PublicKey.verifies))


def history(log: Log) -> list[Made]:
    return [made(number) for number in range(len(log.rows))]


# What somebody changes who has the database alone: the heads stay as they were signed.


def edit(log: Log, at: int) -> Log:
    entry, leaf = log.rows[at]
    assert entry is not None
    return with_row(log, at, (replace(entry, text=made(at, name="x").text), leaf))


def edit_with_digest(log: Log, at: int) -> Log:
    entry, leaf = log.rows[at]
    assert entry is not None
    assert leaf is not None
    text = made(at, name="x").text
    digest = salted_digest(entry.salt, text)
    return with_row(log, at, (replace(entry, text=text, digest=digest), replace(leaf, digest=digest)))


def edit_and_rechain(log: Log, at: int) -> Log:
    """Every chain after it is made anew; the leaves stay."""
    before, rows = (
        log.rows[at - 2][0] if at > 1 else None,
        list(rows_of([*history(log)[:at], made(at, name="x"), *history(log)[at + 1 :]], begun=log.rows[:at])),
    )
    assert before is None or rows[at][0].chain == next_chain(before.chain, made(at, name="x").digest)  # type: ignore[union-attr]
    kept = [
        (entry, replace(leaf, leaf_hash=old.leaf_hash))
        for (entry, leaf), (_, old) in zip(rows, log.rows, strict=True)
        if leaf and old
    ]
    return replace(log, rows=tuple(kept))


def rewrite_rows(log: Log, at: int) -> Log:
    """Everything after it is made anew, leaves too; the heads cannot be."""
    return replace(
        log, rows=rows_of([*history(log)[:at], made(at, name="x"), *history(log)[at + 1 :]], begun=log.rows[:at])
    )


def edit_a_column(log: Log, at: int) -> Log:
    entry, leaf = log.rows[at]
    assert entry is not None
    return with_row(log, at, (replace(entry, person_id=999), leaf))


def remove_the_text(log: Log, at: int) -> Log:
    entry, leaf = log.rows[at]
    assert entry is not None
    return with_row(log, at, (replace(entry, text=None, salt=b""), leaf))


def delete(log: Log, at: int) -> Log:
    leaf = log.rows[at][1]
    assert leaf is not None
    return with_row(log, at, (None, replace(leaf, digest=None, recorded=None)))


def delete_with_its_leaf(log: Log, at: int) -> Log:
    return with_row(log, at)


def delete_and_close_the_gap(log: Log, at: int) -> Log:
    shorter = log_of([*history(log)[:at], *history(log)[at + 1 :]], (0,), begun=log.rows[:at])
    return replace(log, rows=shorter.rows, writers=shorter.writers)


def truncate(log: Log, at: int) -> Log:
    return replace(log, rows=log.rows[:at])


def truncate_with_the_writers(log: Log, at: int) -> Log:
    return replace(log, rows=log.rows[:at], writers=log_of(history(log)[:at], (0,), begun=log.rows[:at]).writers)


def insert(log: Log, at: int) -> Log:
    longer = log_of([*history(log)[:at], made(at, name="new"), *history(log)[at:]], (0,), begun=log.rows[:at])
    return replace(log, rows=longer.rows, writers=longer.writers)


def insert_a_row(log: Log, at: int) -> Log:
    entry, leaf = rows_of([*history(log)[:at], made(at, name="new")])[at]
    return with_row(log, at, (entry, leaf), instead=0)


def duplicate(log: Log, at: int) -> Log:
    return with_row(log, at, log.rows[at], log.rows[at])


def duplicate_with_care(log: Log, at: int) -> Log:
    longer = log_of([*history(log)[: at + 1], *history(log)[at:]], (0,), begun=log.rows[:at])
    return replace(log, rows=longer.rows, writers=longer.writers)


def reorder(log: Log, at: int) -> Log | None:
    if at + 1 == len(log.rows):
        return None
    return with_row(log, at, log.rows[at + 1], log.rows[at], instead=2)


def reorder_with_care(log: Log, at: int) -> Log | None:
    if at + 1 == len(log.rows):
        return None
    order = history(log)
    order[at], order[at + 1] = order[at + 1], order[at]
    return replace(log, rows=rows_of(order, begun=log.rows[:at]))


def reorder_a_writers_own(log: Log, at: int) -> Log | None:
    if at + 2 >= len(log.rows):
        return None
    order = history(log)
    order[at], order[at + 2] = order[at + 2], order[at]
    return replace(log, rows=rows_of(order, begun=log.rows[:at]))


# What the clock's owner does: everything is written by the area's own program, under a clock that was put back.


def write_under_a_clock_that_was_put_back(log: Log, at: int) -> Log:
    order = history(log)
    order[at] = made(at, back=HOURS)
    return log_of(order, sizes_of(len(order)), begun=log.rows[:at])


# What somebody does who signs with a key of their own.


def rewrite_without_the_key(log: Log, at: int) -> Log:
    order = history(log)
    order[at] = made(at, name="x")
    return log_of(order, sizes_of(len(order)), secrets=(FOREIGN, FOREIGN_TOO), begun=log.rows[:at])


def show_a_fork_too(log: Log, at: int) -> Log:
    """Heads of both logs were signed with the right key, and both are there."""
    order = history(log)
    order[at] = made(at, name="x")
    root = roots_of(rows_of(order, begun=log.rows[:at]), [len(order)])[len(order)]
    fork = signed_head(len(log.signed) + 1, len(order), root, secrets=(ONE, TWO), origin=origin_of(ONE))
    return replace(log, signed=(*log.signed, fork))


ALONE: list[Tamper] = [
    edit, edit_with_digest, edit_and_rechain, rewrite_rows, edit_a_column, remove_the_text, delete, delete_with_its_leaf,
    delete_and_close_the_gap, truncate, truncate_with_the_writers, insert, insert_a_row, duplicate, duplicate_with_care,
    reorder, reorder_with_care, reorder_a_writers_own, write_under_a_clock_that_was_put_back, rewrite_without_the_key,
    show_a_fork_too,
]  # fmt: skip


# What whoever has every key can do, so that the log alone is in order: only a witness tells.


def rewrite_with_the_keys(log: Log, at: int) -> Log:
    order = history(log)
    order[at] = made(at, name="x")
    return log_of(order, sizes_of(len(order)), begun=log.rows[:at])


def rewrite_under_other_keys(log: Log, at: int) -> Log:
    order = history(log)
    order[at] = made(at, name="x")
    return log_of(order, sizes_of(len(order)), secrets=(FOREIGN, FOREIGN_TOO), first=FOREIGN, begun=log.rows[:at])


def swap_the_keys_alone(log: Log, at: int) -> Log | None:
    """Nothing but the keys is another."""
    if at:
        return None
    return log_of(
        history(log), sizes_of(len(log.rows)), secrets=(FOREIGN, FOREIGN_TOO), first=FOREIGN, begun=log.rows[:at]
    )


def truncate_with_the_heads(log: Log, at: int) -> Log:
    return log_of(history(log)[:at], sizes_of(at)[:-1] if at else (0,), begun=log.rows[:at])


def fork_from(log: Log, at: int) -> Log:
    """Another log from there on, longer than the one that the witness saw."""
    order = [*history(log)[:at], *(made(number, name="y") for number in range(at, len(log.rows) + 3))]
    return log_of(order, (*sizes_of(len(log.rows)), len(order)), begun=log.rows[:at])


WITNESSED: list[Tamper] = [
    rewrite_with_the_keys, rewrite_under_other_keys, swap_the_keys_alone, truncate_with_the_heads, fork_from,
]  # fmt: skip


def prefixes(log: Log) -> Iterator[Verifier]:
    """The verifier of an honest log before each of its entries."""
    verifier = log.verifier()
    for row in log.rows:
        yield verifier
        feed(verifier, row)


def resumed(prefix: Verifier, log: Log, witnessed: tuple[Head, ...]) -> Verifier:
    """A verifier of a log that goes on where the honest one, whose beginning it shares, has come to."""
    verifier = log.verifier(witnessed=witnessed)
    verifier._runs = {writer: replace(run) for writer, run in prefix._runs.items()}
    verifier._frontier, verifier._entries, verifier._witnessed_to = (
        prefix._frontier,
        prefix._entries,
        prefix._witnessed_to,
    )
    return verifier


def is_detected(log: Log, prefix: Verifier, at: int, *, witnessed: tuple[Head, ...] = ()) -> bool:
    verifier = resumed(prefix, log, witnessed)
    for row in log.rows[at:]:
        if verifier._defect_count:
            return True
        feed(verifier, row)
    return not verifier.verdict().intact


@pytest.mark.parametrize("size", SIZES)
def test_an_honest_log_gives_no_alarm(size: int) -> None:
    log = honest(size)
    verdict = log.verdict(witnessed=(log.witness,))
    assert verdict.defects == ()
    assert (verdict.entries, verdict.witnessed_to, verdict.verified_to.tree_size) == (size, size, size)
    assert verdict.signed_to is not None
    assert verdict.signed_to.tree_size == size


@pytest.mark.parametrize("tamper", ALONE, ids=lambda tamper: tamper.__name__)
def test_tampering_is_detected_at_every_position(tamper: Tamper) -> None:
    for size in SIZES:
        log = honest(size)
        for at, prefix in enumerate(prefixes(log)):
            tampered = tamper(log, at)
            if tampered is not None:
                assert is_detected(tampered, prefix, at), (size, at)
                assert size > SMALL or not tampered.verdict().intact


@pytest.mark.parametrize("tamper", WITNESSED, ids=lambda tamper: tamper.__name__)
def test_tampering_by_whoever_has_the_keys_is_detected_by_a_witness_at_every_position(tamper: Tamper) -> None:
    for size in SIZES:
        log = honest(size)
        for at, prefix in enumerate(prefixes(log)):
            tampered = tamper(log, at)
            if tampered is not None:
                assert is_detected(tampered, prefix, at, witnessed=(log.witness,)), (size, at)
                assert size > SMALL or tampered.verdict().intact, "this is what a witness is for"


def tampered_heads(log: Log) -> Iterator[Log]:
    """Each signed head that is dropped, doubled, put elsewhere, dated back, signed by another key, or of another tree."""
    for at, (number, note) in enumerate(log.signed):
        size = sizes_of(len(log.rows))[at]
        before, after = log.signed[:at], log.signed[at + 1 :]
        if after:
            yield replace(log, signed=(*before, *after))
            yield replace(log, signed=(*before, after[0], (number, note), *after[1:]))
            yield replace(log, signed=(*before, *((each - 1, text) for each, text in after)))
        yield replace(log, signed=(*before, (number, note), (number, note), *after))
        root = roots_of(log.rows, [size])[size]
        for secrets, of_root, back in (
            ((FOREIGN, FOREIGN), root, timedelta(0)),
            ((TWO, ONE), root, timedelta(0)),
            ((ONE, TWO), bytes(32), timedelta(0)),
            ((ONE, TWO), root, HOURS if at else timedelta(hours=-1)),
        ):
            other = signed_head(number, size, of_root, secrets=secrets, origin=origin_of(ONE), back=back)
            yield replace(log, signed=(*before, other, *after))


@pytest.mark.parametrize("size", SIZES)
def test_tampering_with_any_signed_head_is_detected(size: int) -> None:
    """A head that is put ahead in time shows by the next one; the last one by none, which is no gain to anybody."""
    log = honest(size)
    assert log.verdict().intact
    for tampered in tampered_heads(log):
        assert not tampered.verdict().intact


@pytest.mark.parametrize(
    "keys",
    [
        (),
        statements(ONE, TWO)[:1],
        statements(ONE, TWO)[1:],
        statements(FOREIGN, FOREIGN_TOO),
        statements(ONE, FOREIGN),
        statements(ONE, TWO, FOREIGN),
        statements(ONE, TWO)[::-1],
    ],
)
def test_a_key_that_is_swapped_is_detected(keys: tuple[str, ...]) -> None:
    for size in SIZES:
        assert not replace(honest(size), keys=keys).verdict().intact


def test_a_fork_is_called_one_whichever_of_its_heads_comes_last() -> None:
    log = honest(9)
    forked = show_a_fork_too(log, 4)
    before, fork = forked.signed[-2:]
    other_order = replace(log, signed=(*forked.signed[:-2], (before[0], fork[1]), (fork[0], before[1])))
    for each in (forked, other_order):
        assert "fork" in {defect.kind for defect in each.verdict().defects}
