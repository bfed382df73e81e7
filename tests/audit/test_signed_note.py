"""Signed notes in the form that other logs' tools read, and nothing else taken for one."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.audit.signed_note import LONGEST_NOTE, PrivateKey, PublicKey, new_secret, read_note, sign_note

# The example of Go's sumdb/note package, whose notes the format is.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""

KEY = PrivateKey("area/log", bytes(range(32)))
OTHER = PrivateKey("area/log", bytes(range(1, 33)))


def test_a_note_that_another_program_signed_is_verified() -> None:
    name, _, encoded = VKEY.split("+", 2)
    key = PublicKey.decode(name, encoded)
    assert key.text == VKEY
    assert read_note(NOTE).signed_by(key)
    assert not read_note(NOTE.replace("answer", "reason")).signed_by(key)


def test_a_note_is_signed_by_its_signers_alone() -> None:
    note = read_note(sign_note("one\ntwo\n", KEY))
    assert note.text == "one\ntwo\n"
    assert (note.signed_by(KEY.public), note.signed_by(OTHER.public)) == (True, False)
    assert read_note(sign_note("one\n", KEY, OTHER)).signed_by(OTHER.public)


@settings(max_examples=150)
@given(at=st.integers(0, 10_000), letter=st.characters(codec="utf-8"))
def test_a_note_with_any_letter_changed_is_not_signed(at: int, letter: str) -> None:
    note = sign_note("lhcr-log/1\n17\nAAAA\n", KEY)
    at %= len(note)
    if note[at] == letter:
        return
    with contextlib.suppress(ValueError):
        assert not read_note(note[:at] + letter + note[at + 1 :]).signed_by(KEY.public)


@pytest.mark.parametrize(
    "note",
    ["", "\n\n", "text\n", "text\n\n", "text\n\nno dash\n", "text\n\n— name\n", "text\n\n— name !!!!\n", "text\n\n— name AAAA\n",
     "text\n\n— name AAAAAAB=\n", "text\n\n— name AAAAAAAA", "x" * (LONGEST_NOTE + 1)],
)  # fmt: skip
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(ValueError):
        read_note(note)


@pytest.mark.parametrize("text", ["", "no end", "a\n\nb\n", "\n"])
def test_a_text_that_could_not_be_read_back_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError):
        sign_note(text, KEY)


@pytest.mark.parametrize(("name", "raw"), [("", bytes(32)), ("a b", bytes(32)), ("a+b", bytes(32)), ("a", bytes(31))])
def test_a_key_without_a_proper_name_is_refused(name: str, raw: bytes) -> None:
    with pytest.raises(ValueError):
        PublicKey(name, raw)


def test_a_key_of_another_algorithm_is_refused() -> None:
    with pytest.raises(ValueError):
        PublicKey.decode("a", KEY.public.encoded.replace("A", "B", 1))


def test_the_private_half_is_not_shown() -> None:
    secret = new_secret()
    assert repr(secret) not in repr(PrivateKey("a", secret))
    assert len(secret) == 32
