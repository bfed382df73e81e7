"""Measured values lose neither comparator nor digit nor unit, and a range says for whom it is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.views.quantity import pieces_text, quantity_text, range_text, ratio_text, reference_range_text

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4)
UNITS = st.sampled_from(["mg/L", "µg", "mmol/mol", "10*9/L", "%"])


@given(value=DECIMALS, comparator=st.sampled_from(["", "<", "<=", ">=", ">"]), unit=UNITS)
def test_hazard_units_mangled_a_quantity_reads_back_as_what_was_recorded(
    value: Decimal, comparator: str, unit: str
) -> None:
    """Hazard: `< 5 mg/L` shown as 5 mg/L, or with digits that nobody measured."""
    quantity: JsonObject = {"value": value, "unit": unit} | ({"comparator": comparator} if comparator else {})
    parts = quantity_text(quantity).split(" ")
    assert parts[0] == comparator or not comparator
    assert parts[-1] == unit
    assert Decimal(parts[-2]).as_tuple() == value.as_tuple()


@given(low=DECIMALS, high=DECIMALS, units=st.tuples(UNITS, UNITS))
def test_a_range_shows_each_unit_that_its_bounds_have(low: Decimal, high: Decimal, units: tuple[str, str]) -> None:
    told = range_text({"low": {"value": low, "unit": units[0]}, "high": {"value": high, "unit": units[1]}})
    first, second = told.split(" to ")
    assert second == f"{high:f} {units[1]}"
    assert first == (f"{low:f}" if units[0] == units[1] else f"{low:f} {units[0]}")


def test_a_bound_keeps_its_comparator() -> None:
    bounds = {"low": {"value": 1, "comparator": ">", "unit": "g"}, "high": {"value": 2, "unit": "g"}}
    assert range_text(bounds) == "> 1 to 2 g"


def test_a_bound_without_a_number_makes_no_range_of_it() -> None:
    assert range_text({"low": {"unit": "g"}, "high": {"value": 2, "unit": "g"}}) == "2 g or less"
    assert range_text({}) == ""


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ({"value": 0, "unit": "mg"}, "0 mg"),
        ({"value": 5, "code": "mmol/L"}, "5 mmol/L"),
        ({"value": 5, "unit": "micrograms", "code": "ug"}, "5 micrograms"),
        ({"value": 3, "unit": "{score}"}, "3"),
        ({"value": 3, "code": "1"}, "3"),
        ({"unit": "mg"}, "mg"),
        ({}, ""),
        ("5 mg", ""),
    ],
)
def test_the_unit_is_the_sources_own_word_for_it(quantity: object, words: str) -> None:
    assert quantity_text(quantity) == words


def test_a_titre_and_a_concentration_read_as_ratios() -> None:
    assert ratio_text({"numerator": {"value": 1}, "denominator": {"value": 128}}) == "1 : 128"
    assert (
        ratio_text({"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 1, "unit": "mL"}})
        == "5 mg : 1 mL"
    )


BOUNDS: JsonObject = {"low": {"value": "3.5", "unit": "mmol/L"}, "high": {"value": "5.3", "unit": "mmol/L"}}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "3.5 to 5.3 mmol/L"),
        ({"text": "3.5-5.3"}, "3.5-5.3"),
        ({"text": "Adult"}, "Adult: 3.5 to 5.3 mmol/L"),
        ({"type": {"coding": [{"code": "normal", "display": "Normal Range"}]}}, "3.5 to 5.3 mmol/L"),
        ({"type": {"coding": [{"code": "treatment", "display": "Treatment"}]}}, "3.5 to 5.3 mmol/L (Treatment)"),
        ({"appliesTo": [{"text": "Pregnant"}]}, "3.5 to 5.3 mmol/L (Pregnant)"),
        ({"age": {"high": {"value": 12, "unit": "years"}}}, "3.5 to 5.3 mmol/L (age 12 years or less)"),
    ],
)
def test_a_reference_range_says_its_bounds_and_for_whom_it_is(more: JsonObject, words: str) -> None:
    assert reference_range_text(BOUNDS | more) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (28, "tablet", "28 tablets"),
        (1, "tablet", "1 tablet"),
        (5, "mg", "5 mg"),
        (200, "dose", "200 doses"),
        (2, "g", "2 g"),
    ],
)
def test_pieces_are_counted_as_people_count_them_and_no_other_unit_is_touched(
    value: int, unit: str, words: str
) -> None:
    """Hazard: units mangled."""
    assert pieces_text({"value": value, "unit": unit}) == words
