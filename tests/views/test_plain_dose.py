"""Whether two instructions say the same words: hazard: a dose taken for another."""

import pytest

from lhcr.views.plain_dose import same_words


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("One daily", "ONE a day."),
        ("2 tablets twice a day", "Two tablets 2 times a day"),
        ("2.5mg at night", "2.5 MG at night"),
        ("Take .5 mg", "Take 0.5 mg"),
        ("Take 2\u00b75 mg", "Take 2.5 mg"),
        ("Twenty-five units", "25 units"),
    ],
)
def test_the_same_instruction_is_the_same_however_it_is_spelt(text: str, other: str) -> None:
    assert same_words(text, other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("2 tablets 4 times a day", "4 tablets 2 times a day"),
        ("One to be taken once a day", "One to be taken once a day when needed"),
        ("5 to 10 mg", "10 mg"),
        ("2.5mg", "25mg"),
        ("1 mg", "1 microgram"),
        ("One each morning", "One each night"),
        ("1 MU", "1 mU"),
        (".5 mg", "5 mg"),
        ("12\u2009500 units", "500 units"),
    ],
)
def test_an_instruction_with_another_word_number_or_order_is_another(text: str, other: str) -> None:
    assert not same_words(text, other)
    assert not same_words(other, text)
