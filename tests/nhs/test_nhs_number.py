"""Specification of the NHS number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import SYNTHETIC_COUNT, NhsNumber, NumberRange, check_digit, synthetic

NINE_DIGITS = st.text("0123456789", min_size=9, max_size=9)


def oracle(first_nine: str) -> int | None:
    """A check digit makes the sum of all ten, weighted 10 to 1, divisible by eleven."""
    for digit in range(10):
        if sum((10 - place) * int(figure) for place, figure in enumerate(f"{first_nine}{digit}")) % 11 == 0:
            return digit
    return None


@given(NINE_DIGITS)
def test_the_check_digit_makes_the_weighted_sum_divisible_by_eleven(first_nine: str) -> None:
    assert check_digit(first_nine) == oracle(first_nine)


@given(NINE_DIGITS, st.integers(0, 9), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed_so_that_no_other_person_is_opened(nine: str, place: int, by: int) -> None:
    # Hazard: the wrong person's record is opened because of a typing error.
    digit = check_digit(nine)
    if digit is None:
        return
    right = f"{nine}{digit}"
    wrong = f"{right[:place]}{(int(right[place]) + by) % 10}{right[place + 1 :]}"
    with pytest.raises(Incorrect):
        NhsNumber.parse(wrong)


@given(NINE_DIGITS, st.integers(0, 8))
def test_two_neighbouring_digits_swapped_are_noticed(nine: str, place: int) -> None:
    # Hazard: the wrong person's record is opened because of a typing error.
    digit = check_digit(nine)
    if digit is None:
        return
    right = f"{nine}{digit}"
    if right[place] == right[place + 1]:
        return
    swapped = f"{right[:place]}{right[place + 1]}{right[place]}{right[place + 2 :]}"
    with pytest.raises(Incorrect):
        NhsNumber.parse(swapped)


@pytest.mark.parametrize("text", ["3333333333", "9876543210", "9000000009", "0000000000"])
def test_a_number_with_the_right_check_digit_is_accepted(text: str) -> None:
    assert NhsNumber.parse(text).value == text


def test_a_number_of_a_national_example_with_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(Incorrect) as refusal:
        NhsNumber.parse("9999999998")
    assert refusal.value.issues[0].error == "nhs-number-invalid"
    assert "9999999998" not in str(refusal.value), "an error holds no person data"


@pytest.mark.parametrize(
    "text", ["987 654 3210", "987-654-3210", " 9876543210 ", "987\u00a0654\u00a03210", "98 76-54 32\u201310"]
)
def test_spaces_and_hyphens_do_not_matter(text: str) -> None:
    assert NhsNumber.parse(text) == NhsNumber("9876543210")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "987654321",
        "98765432100",
        "9876543210\n",
        "987654321O",
        "\u0669\u0668\u0667\u0666\u0665\u0664\u0663\u0662\u0661\u0660",
        "9876543210\x00",
        "+9876543210",
        "9" * 1_000_000,
        " " * 1_000_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Incorrect):
        NhsNumber.parse(text)


@given(st.text(max_size=40))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        number = NhsNumber.parse(text)
    except Incorrect:
        return
    assert len(number.value) == 10
    assert number.value.isascii()


def test_a_number_cannot_be_made_without_its_check() -> None:
    with pytest.raises(Incorrect):
        NhsNumber("1234567890")


def test_it_is_shown_three_three_four() -> None:
    assert NhsNumber("9876543210").display == "987 654 3210"


def test_its_representation_does_not_reveal_it_in_a_log() -> None:
    assert "9876543210" not in f"{NhsNumber('9876543210')!r} {NhsNumber('9876543210')}"


@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_ten_times_over_passes_the_check_and_is_known_as_a_placeholder(digit: str) -> None:
    # Hazard: all people whose number a system did not know become one person.
    assert NhsNumber(digit * 10).is_placeholder


@pytest.mark.parametrize(
    ("first_nine", "expected"),
    [
        ("401023213", NumberRange.ENGLAND_WALES_ISLE_OF_MAN),
        ("987654321", NumberRange.TEST),
        ("333333333", NumberRange.NORTHERN_IRELAND),
        ("010101001", NumberRange.SCOTLAND),
        ("311299999", NumberRange.SCOTLAND),
        ("311300000", NumberRange.UNASSIGNED),
        ("000000000", NumberRange.UNASSIGNED),
        ("888888888", NumberRange.UNASSIGNED),
    ],
)
def test_the_first_digits_say_who_issues_it(first_nine: str, expected: NumberRange) -> None:
    nine = next(nine for nine in (f"{first_nine[:8]}{ninth}" for ninth in "0123456789") if oracle(nine) is not None)
    assert NhsNumber(f"{nine}{oracle(nine)}").number_range is expected


def test_synthetic_numbers_are_valid_in_the_999_range_and_all_different() -> None:
    numbers = {synthetic(index) for index in range(5_000)}
    assert len(numbers) == 5_000
    assert all(number.is_synthetic for number in numbers)


@given(st.integers(0, SYNTHETIC_COUNT - 2))
def test_synthetic_numbers_rise_with_their_index_and_are_never_placeholders(index: int) -> None:
    assert synthetic(index) < synthetic(index + 1)
    assert not synthetic(index).is_placeholder


@pytest.mark.parametrize("index", [-1, SYNTHETIC_COUNT])
def test_there_is_no_synthetic_number_outside_the_range(index: int) -> None:
    with pytest.raises(ValueError, match="index must be"):
        synthetic(index)


def test_a_number_of_another_range_is_not_synthetic() -> None:
    assert not NhsNumber("9876543210").is_synthetic
