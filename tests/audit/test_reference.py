"""References of decisions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.audit.reference import new_decision_number, number_of, reference_of
from lhcr.kernel.errors import Incorrect

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@given(st.integers(0, 2**63 - 1))
def test_a_reference_leads_back_to_its_number(number: int) -> None:
    assert number_of(reference_of(number)) == number


@given(st.integers(0, 2**63 - 1))
def test_a_reference_survives_being_read_out(number: int) -> None:
    written = reference_of(number).lower().removeprefix("d-").replace("1", "l").replace("0", "o")
    assert number_of(f" {written} ") == number


def test_numbers_grow_with_time_and_fit_the_database() -> None:
    earlier, later = new_decision_number(NOW), new_decision_number(NOW + timedelta(milliseconds=1))
    assert 0 < earlier < later < 2**63
    assert new_decision_number(NOW + timedelta(days=20_000)) < 2**63


@given(st.text(max_size=20).filter(lambda text: len(text.strip().upper().removeprefix("D-")) != 13))
def test_a_text_of_another_length_is_refused(text: str) -> None:
    with pytest.raises(Incorrect):
        number_of(text)


@pytest.mark.parametrize("text", ["D-ZZZZZZZZZZZZZ", "D-UUUUUUUUUUUUU", "D-000000000000!"])
def test_a_word_outside_the_alphabet_or_range_is_refused(text: str) -> None:
    with pytest.raises(Incorrect):
        number_of(text)
