from decimal import Decimal
from math import inf

import pytest

from lhcr.fhir.search.quantities import (
    compared,
    money,
    number,
    number_range,
    quantity,
    quantity_range,
    sampled_data,
)


@pytest.mark.parametrize("value", [5, 5.0, Decimal("5.0")])
def test_a_plain_number_has_equal_ends_whatever_read_it(value: float | Decimal) -> None:
    assert number(value) == ((5.0, 5.0),)


def test_a_quantity_keeps_its_unit_as_written() -> None:
    """Hazard: units mangled."""
    found = quantity({"value": 5, "system": "http://unitsofmeasure.org", "code": "mg", "unit": "milligram"})
    assert found == ((5.0, 5.0, "http://unitsofmeasure.org", "mg", "milligram"),)
    assert quantity({"value": 5}) == ((5.0, 5.0, "", "", ""),)
    assert quantity({"unit": "mg"}) == ()


def test_a_compared_quantity_leaves_out_its_bound_where_the_comparator_does() -> None:
    """Hazard: a result of "<5" that is found as if it were 5."""
    assert compared(5, "<")[0] == -inf
    assert compared(5, "<")[1] < 5
    assert compared(5, "<=") == (-inf, 5)
    assert compared(5, ">")[0] > 5
    assert compared(5, ">=") == (5, inf)


def test_a_range_is_open_where_an_end_is_absent() -> None:
    assert quantity_range({"low": {"value": 1, "unit": "a"}}) == ((1.0, inf, "", "", "a"),)
    assert quantity_range({"high": {"value": 1, "code": "a"}}) == ((-inf, 1.0, "", "a", ""),)
    assert quantity_range({"low": {"value": 2}, "high": {"value": 1}}) == ((1.0, 2.0, "", "", ""),)
    assert quantity_range({"low": {"unit": "a"}}) == ()
    assert number_range({"low": {"value": 0.1}, "high": {"value": 0.2}}) == ((0.1, 0.2),)
    assert number_range({}) == ()


def test_money_is_a_quantity_in_its_currency() -> None:
    assert money({"value": 5, "currency": "GBP"}) == ((5.0, 5.0, "urn:iso:std:iso:4217", "GBP", ""),)
    assert money({"currency": "GBP"}) == ()


def test_samples_span_from_the_smallest_to_the_largest() -> None:
    data = {"origin": {"value": 10, "code": "mV"}, "factor": 2, "data": "1 E 3 L -1 U"}
    assert sampled_data(data) == ((8.0, 16.0, "", "mV", ""),)
    assert sampled_data({"origin": {"value": 10}, "data": "E U"}) == ()
    with pytest.raises(ValueError, match="not a number"):
        sampled_data({"origin": {"value": 10}, "data": "1 nan"})
