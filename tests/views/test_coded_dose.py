"""A coded dose beside its words: agreement is silent, difference is said, and so is what cannot be compared.

Hazard: overdose. What is coded in ampoules beside milligrams in words must not look as if the two agreed.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.views.coded_dose import CODED_DIFFERENTLY, Comparison, compare_dose
from lhcr.views.dosage import dosage_lines


def coded(value: object, unit: str, code: str = "") -> list[JsonObject]:
    system = {"system": "http://unitsofmeasure.org", "code": code} if code else {}
    return [{"value": value, "unit": unit, **system}]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2.5mg when needed, at most hourly", 10, "mg"),
        ("Take 2 tablets 4 times a day", 4, "tablet"),
        ("ONE daily", 2, "tablet"),
        ("One to be taken at night", "10", "capsule"),
        ("500 micrograms in the morning", 500, "mg"),
        ("Give 5ml twice a day", 10, "mL"),
        ("1 mg daily, maximum 10 mg a day", 10, "mg"),
        ("2 x 5ml spoonfuls at night", 5, "L"),
        ("1,000 units weekly", 1, "unit"),
        ("2,5 mg daily", 25, "mg"),
        ("5 to 10 mg at night", 50, "mg"),
    ],
)
def test_hazard_overdose_another_amount_of_the_same_kind_differs(text: str, value: object, unit: str) -> None:
    assert compare_dose(text, coded(value, unit)) is Comparison.DIFFERS


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2.5mg when needed, at most hourly", 1, "ampoule"),
        ("ONE daily", 10, "mg"),
        ("One or two daily", 10, "mg"),
        ("Half a tablet at night", 1, "tablet"),
        ("Take 1½ tablets", 1, "tablet"),
        ("Take 5ml at night", 250, "mg"),
        ("2.5 mg", 2.5, ""),
        ("2.5 mg", 2.5, "mg (coded as g)"),
        ("Two heaped spoons", 10, "mg"),
    ],
)
def test_hazard_overdose_amounts_of_two_kinds_are_not_comparable(text: str, value: object, unit: str) -> None:
    assert compare_dose(text, coded(value, unit)) is Comparison.INCOMPARABLE


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1-2 tablets twice a day", 2, "tablet"),
        ("5 to 10 mg at night", 10, "mg"),
        ("Take 1 g", 1000, "mg"),
        ("0.5 mg daily", 500, "microgram"),
        ("2 x 5ml spoonfuls at night", 10, "mL"),
        ("1,000 units weekly", 1000, "unit"),
        ("As directed", 1, "tablet"),
        ("Every four to six hours", 1, "tablet"),
        ("Every 4-6 hours", 5, "mg"),
        ("1-2 tablets at bedtime", 1, "TAB"),
        ("5 to 10 mg at night", 5, "mg"),
        ("Every 4 hours for 7 days, at 8am", 5, "mg"),
        ("Do not exceed 4 g a day", 500, "mg"),
    ],
)
def test_what_may_agree_or_is_not_said_in_words_is_not_called_different(text: str, value: object, unit: str) -> None:
    assert compare_dose(text, coded(value, unit)) is Comparison.OPEN


def test_one_dose_of_several_that_differs_is_enough() -> None:
    assert compare_dose("5 mg at night", [*coded(5, "mg"), *coded(50, "mg")]) is Comparison.DIFFERS


def test_a_coded_range_of_which_one_end_is_said_is_open() -> None:
    ends = {"low": {"value": 5, "unit": "mg"}, "high": {"value": 10, "unit": "mg"}}
    assert compare_dose("5 mg", [ends]) is Comparison.OPEN
    assert compare_dose("50 mg", [ends]) is Comparison.DIFFERS


def test_hazard_overdose_the_lines_say_which_of_these_it_is() -> None:
    def lines(text: str, value: object, unit: str) -> tuple[str, ...]:
        return dosage_lines({"text": text, "doseAndRate": [{"doseQuantity": {"value": value, "unit": unit}}]})

    assert lines("2.5mg", 2.5, "mg") == ("2.5mg",)
    assert lines("500micrograms", 500, "microgram") == ("500micrograms",)
    assert lines("2.5mg", 10, "mg") == ("2.5mg", f"{CODED_DIFFERENTLY}: 10 mg")
    assert lines("2.5mg", 1, "ampoule") == ("2.5mg", "Coded: 1 ampoule (cannot be compared with the dose in words)")
    assert lines("As directed", 1, "tablet") == ("As directed", "Coded: 1 tablet")


@given(
    st.integers(1, 9999),
    st.integers(1, 9999),
    st.sampled_from(["mg", "microgram", "g", "mL", "tablet", "puff", "unit"]),
)
def test_equal_numbers_of_one_unit_never_differ_and_unequal_ones_always_do(said: int, code: int, unit: str) -> None:
    differs = compare_dose(f"Take {said} {unit}", coded(code, unit)) is Comparison.DIFFERS
    assert differs is (said != code)


@given(st.text(max_size=60), st.integers(0, 10**6))
def test_no_text_breaks_the_comparison(text: str, value: int) -> None:
    assert compare_dose(text, coded(value, "mg")) in Comparison
