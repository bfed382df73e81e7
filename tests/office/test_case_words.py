"""Words in cases: what nobody sees is left out, and what no form of ours sends is refused before it is looked at."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.kernel.errors import Incorrect
from lhcr.office.case_words import LONGEST_WORDS, read_case_words

HOSTILE = ["\u202e", "\u200b", "\x00", "\u2066", "\ufeff", "\ud800", "\u2028", "\u00ad"]


@pytest.mark.parametrize("sign", HOSTILE)
def test_signs_that_turn_or_hide_text_are_left_out(sign: str) -> None:
    assert read_case_words(f"She was{sign} at the{sign}counter") == "She was at the counter"


def test_html_stays_text() -> None:
    assert read_case_words("<script>alert(1)</script>") == "<script>alert(1)</script>"


@pytest.mark.parametrize("text", ["", "short", " " * 400, "x" * (LONGEST_WORDS + 1), "x" * 10_000_000])
def test_too_few_and_too_many_are_refused(text: str) -> None:
    with pytest.raises(Incorrect):
        read_case_words(text)


@settings(max_examples=60)
@given(st.text(max_size=600))
def test_whatever_is_kept_is_one_line_of_what_people_see(text: str) -> None:
    try:
        words = read_case_words(text, shortest=0)
    except Incorrect:
        return
    assert words == " ".join(words.split())
    assert len(words) <= LONGEST_WORDS
    assert words.encode().decode() == words
    assert read_case_words(words, shortest=0) == words
