from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.search.comparison import date_interval, number_interval, split_prefix
from lhcr.fhir.search.dates import EARLIEST, LATEST
from lhcr.fhir.search.query import Prefix

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("literal", "low", "after"),
    [
        ("100", 99.5, 100.5),
        ("100.00", 99.995, 100.005),
        ("1e2", 95.0, 105.0),
        ("5.40e-3", 0.005395, 0.005405),
        ("-7", -7.5, -6.5),
    ],
)
def test_the_examples_of_fhir_hold(literal: str, low: float, after: float) -> None:
    assert number_interval(Prefix.EQ, literal)[0] == pytest.approx(low)
    assert number_interval(Prefix.EQ, literal)[1] == pytest.approx(after)


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_a_number_spans_half_a_step_of_its_last_digit_either_way(units: int, places: int) -> None:
    exact, step = Fraction(units, 10**places), Fraction(1, 10**places)
    sign, digits = "-" if units < 0 else "", str(abs(units)).rjust(places + 1, "0")
    literal = sign + digits if not places else f"{sign}{digits[:-places]}.{digits[-places:]}"
    low, high = number_interval(Prefix.EQ, literal)
    assert low == float(exact - step / 2)
    assert high < float(exact + step / 2)
    assert low <= float(exact) <= high


@given(st.decimals(min_value=-1000, max_value=1000, places=3))
def test_neighbouring_numbers_share_no_value(value: object) -> None:
    number = Fraction(str(value))
    _, high = number_interval(Prefix.EQ, str(value))
    low, _ = number_interval(Prefix.EQ, f"{float(number + Fraction(1, 1000)):.3f}")
    assert high < low


@pytest.mark.parametrize("prefix", [Prefix.GT, Prefix.LT, Prefix.GE, Prefix.LE, Prefix.SA, Prefix.EB])
def test_an_ordering_prefix_takes_the_number_as_exact(prefix: Prefix) -> None:
    assert number_interval(prefix, "100") == (100.0, 100.0)


def test_about_a_number_is_a_tenth_of_it_either_way() -> None:
    assert number_interval(Prefix.AP, "100") == (90.0, 110.0)
    assert number_interval(Prefix.AP, "1") == (0.5, 1.5)


@pytest.mark.parametrize("text", ["", "five", "1,5", "0x10", "1e400", "NaN", "inf", "1_000", " 1", "1\n", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        number_interval(Prefix.EQ, text)


def test_a_prefix_is_two_letters_before_the_value() -> None:
    assert split_prefix("ge2020") == (Prefix.GE, "2020")
    assert split_prefix("2020") == (Prefix.EQ, "2020")
    assert split_prefix("xx2020") == (Prefix.EQ, "xx2020")


def test_about_a_date_is_never_beyond_what_can_be_told() -> None:
    assert date_interval(Prefix.AP, "0001", NOW)[0] == EARLIEST
    assert date_interval(Prefix.AP, "9999", NOW)[1] == LATEST
    assert date_interval(Prefix.AP, "2024", NOW) == date_interval(Prefix.EQ, "2024", NOW)


@pytest.mark.parametrize(
    "text", ["2020-W01", "2020-W01-1", "20200101", "2020-001", "2020-01-01 10:00", "2020-01-01T10", "0000", "2020-1"]
)
def test_other_ways_of_writing_a_date_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        date_interval(Prefix.EQ, text, NOW)
