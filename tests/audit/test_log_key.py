"""Heads as they are signed, and the chain of keys that sign them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.audit.log_key import KeyChain, first_statement, next_statement, origin_of
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import PrivateKey, sign_note

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ONE, TWO, THREE, FOREIGN = (bytes([number] * 32) for number in range(1, 5))
FIRST = first_statement(ONE, after=0, now=NOW)
CHAIN = KeyChain.read([FIRST])
SECOND = next_statement(CHAIN, old=ONE, new=TWO, after=7, now=NOW)
THIRD = next_statement(KeyChain.read([FIRST, SECOND]), old=TWO, new=THREE, after=9, now=NOW)


@settings(max_examples=50)
@given(
    size=st.integers(0, 10**17),
    root=st.binary(min_size=32, max_size=32),
    number=st.integers(1, 10**17),
    behind=st.booleans(),
    recorded=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2900, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds the zone.
)
def test_a_head_is_read_as_it_was_written(
    *, size: int, root: bytes, number: int, behind: bool, recorded: datetime
) -> None:
    head = SignedHead(
        origin=CHAIN.origin, tree_size=size, root_hash=root, number=number, recorded=recorded, behind=behind
    )
    assert SignedHead.read(head.text) == head


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n5\n", "\n05\n"), ("\n5\n", "\n-5\n"), ("number 3", "number 0"), ("Z\n", "\n"), ("time 2026-03", "time 2026-13"), ("\n5\n", "\n٥\n")],
)  # fmt: skip
def test_another_spelling_is_no_head(old: str, new: str) -> None:
    text = SignedHead(origin="lhcr-log/1", tree_size=5, root_hash=bytes(32), number=3, recorded=NOW).text
    assert SignedHead.read(text).tree_size == 5
    with pytest.raises(ValueError):
        SignedHead.read(text.replace(old, new))


def test_each_head_has_one_key_that_may_sign_it() -> None:
    chain = KeyChain.read([FIRST, SECOND, THIRD])
    assert [chain.of_head(number).number for number in (1, 7, 8, 9, 10, 1000)] == [1, 1, 2, 2, 3, 3]
    assert {key.public.name for key in chain.keys} == {origin_of(ONE)}


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([], "no key"),
        (["nothing"], "not written"),
        ([SECOND], "stands where key 1"),
        ([FIRST, FIRST], "stands where key 2"),
        ([FIRST, THIRD], "stands where key 2"),
        ([FIRST, SECOND.replace("after head 7", "after head 3")], "did not sign its own"),
        ([FIRST, next_statement(CHAIN, old=FOREIGN, new=TWO, after=7, now=NOW)], "not vouched for"),
        ([FIRST, SECOND, next_statement(KeyChain.read([FIRST, SECOND]), old=TWO, new=THREE, after=6, now=NOW)], "begins before"),
        ([sign_note(KeyChain.read([FIRST]).newest.text.replace(CHAIN.origin, "lhcr-log/x"), PrivateKey("lhcr-log/x", ONE))], "origin"),
    ],
)  # fmt: skip
def test_a_chain_of_keys_holds_or_says_where_it_breaks(statements: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        KeyChain.read(statements)


def test_the_time_of_a_key_is_what_it_signed() -> None:
    assert KeyChain.read([FIRST]).newest.recorded == NOW
    assert KeyChain.read([first_statement(ONE, after=0, now=NOW + timedelta(days=1))]).newest.recorded > NOW
