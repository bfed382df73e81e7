"""Specification of measures: ranges, interpretation and rounding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.demo import measures
from lhcr.demo.measures import Measure
from lhcr.demo.population import chance

ALL = [value for value in vars(measures).values() if isinstance(value, Measure)]


@pytest.mark.parametrize(("value", "code"), [(1.9, "L"), (2.0, "N"), (2.5, "N"), (3.0, "N"), (3.1, "H")])
def test_a_value_on_the_bound_is_normal_and_beyond_it_is_not(value: float, code: str) -> None:
    assert measures.INR.interpretation(value)[0] == code


def test_without_an_upper_bound_nothing_is_high() -> None:
    assert measures.EGFR.interpretation(500) == ("N", "Normal")


@pytest.mark.parametrize("measure", ALL)
def test_a_whole_number_is_written_as_one(measure: Measure) -> None:
    assert isinstance(measure.rounded(measure.typical), float if measure.decimals else int)


@given(st.sampled_from(ALL), st.integers(0, 10_000))
def test_what_is_drawn_has_no_more_digits_than_the_method_gives(measure: Measure, index: int) -> None:
    drawn = measure.draw(chance(1, index))
    assert drawn == round(drawn, measure.decimals)


def test_no_two_measures_share_a_code() -> None:
    assert len({measure.code for measure in ALL}) == len(ALL)
