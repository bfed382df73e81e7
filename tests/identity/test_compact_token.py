"""The compact form: one spelling of every token, and no surprise in its header."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.identity.compact_token import read_header


def segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


GOOD = ".".join([segment(b'{"alg":"Ed25519"}'), segment(b"{}"), segment(bytes(64))])


def test_the_header_of_a_token_is_read() -> None:
    assert read_header(GOOD) == {"alg": "Ed25519"}


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "..",
        GOOD + ".",
        GOOD + "=",
        GOOD + "\n",
        " " + GOOD,
        GOOD[:-1] + "B",
        GOOD.replace("_", "/"),
        GOOD.rpartition(".")[0] + ".",
        ".".join([segment(b"[]"), segment(b"{}"), segment(b"x")]),
        ".".join([segment(b'{"alg":"none","alg":"Ed25519"}'), segment(b"{}"), segment(b"x")]),
        ".".join([segment(b'{"alg":"\xff"}'), segment(b"{}"), segment(b"x")]),
        ".".join([segment(b'{"a":' * 500 + b"1" + b"}" * 500), segment(b"{}"), segment(b"x")]),
        ".".join([segment(b"[" * 5000), segment(b"{}"), segment(b"x")]),
        ".".join([segment(b"{}"), segment(b"{}"), segment(bytes(9000))]),
    ],
)
def test_every_other_form_is_refused(wrong: str) -> None:
    if wrong != GOOD:
        with pytest.raises(ValueError):
            read_header(wrong)


@given(st.binary(min_size=1, max_size=40), st.integers(0, 63))
def test_no_two_spellings_of_one_token_are_both_read(signature: bytes, last: int) -> None:
    """Hazard: a token that was revoked comes back spelt in another way."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    begin = GOOD.rpartition(".")[0] + "."
    right = segment(signature)
    other = right[:-1] + letters[last]
    if other != right and base64.urlsafe_b64decode(other + "=" * (-len(other) % 4)) == signature:
        with pytest.raises(ValueError):
            read_header(begin + other)
    assert read_header(begin + right) == json.loads('{"alg":"Ed25519"}')
