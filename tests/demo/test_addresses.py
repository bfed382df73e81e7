"""Specification of invented addresses and telephone numbers."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lhcr.demo.addresses import address, landline, mobile


@given(st.integers(0, 20_000))
def test_a_postcode_has_the_shape_of_one_that_can_never_be_given_out(index: int) -> None:
    # Royal Mail uses no Q as a first letter, and no C, I, K, M, O or V in the second half.
    assert re.fullmatch(r"QA[1-9] [1-9][ABD-HJLNP-UW-Z]{2}", address(index).postcode)


@given(st.integers(0, 20_000))
def test_telephone_numbers_lie_in_the_ranges_kept_free_for_drama(index: int) -> None:
    assert re.fullmatch(r"01632 960\d{3}", landline(index))
    assert re.fullmatch(r"07700 900\d{3}", mobile(index))


@given(st.integers(0, 20_000), st.integers(0, 20_000))
def test_no_two_people_share_a_house(one: int, other: int) -> None:
    assert (one == other) == (address(one) == address(other))
