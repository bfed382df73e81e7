"""The national vocabulary of alerts, and reasons as people write them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.alerts import LONGEST_WORDS, SHORTEST_WORDS, AlertReason, AlertType, read_reason, read_words
from lhcr.kernel.errors import Incorrect

ALLOWED = {(1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (2, 1), (2, 2), (2, 3), (2, 5)}


def test_no_pair_that_the_national_vocabulary_disallows_can_be_chosen() -> None:
    chosen = {(type_.code, reason.code) for type_ in AlertType for reason in type_.reasons}
    assert chosen <= ALLOWED
    assert {reason.code for reason in AlertReason} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("type_", AlertType)
def test_a_reason_is_read_by_its_code_and_only_where_it_goes_with_the_type(type_: AlertType) -> None:
    for reason in AlertReason:
        if reason in type_.reasons:
            assert read_reason(type_, str(reason.code)) is reason
        else:
            with pytest.raises(Incorrect):
                read_reason(type_, str(reason.code))
    for wrong in ("", "0", "7", "04", " 4", "\u0664"):
        with pytest.raises(Incorrect):
            read_reason(type_, wrong)


@given(st.text(max_size=700))
def test_words_are_kept_on_one_line_without_signs_that_nobody_sees(text: str) -> None:
    words = ""
    with suppress(Incorrect):
        words = read_words(text)
    if not words:
        assert len(" ".join(text.split())) < SHORTEST_WORDS or len(text) > LONGEST_WORDS or not text.isprintable()
        return
    assert SHORTEST_WORDS <= len(words) <= LONGEST_WORDS
    assert words.isprintable()
    assert words == " ".join(words.split())
    words.encode()


@pytest.mark.parametrize("text", ["", " " * 50, "because", "\x00" * 40, "\u200b" * 40, "\ud800" * 40, "a" * 501])
def test_a_reason_that_says_nothing_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(Incorrect):
        read_words(text)
