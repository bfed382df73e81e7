"""A coded dose beside its words: agreement is silent, difference is said, and so is what cannot be compared.

Hazard: overdose. What is coded in ampoules beside milligrams in words must not look as if the two agreed.
"""

from collections.abc import Callable
from decimal import Decimal

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
        ("Take .5 mg daily", 5, "mg"),
        ("Take 2\u00b75 mg daily", 5, "mg"),
        ("Take 0,500 mg daily", 500, "mg"),
        ("Take twenty five mg daily", 5, "mg"),
        ("Take twenty-five mg daily", 5, "mg"),
        ("Take fifteen mg daily", 5, "mg"),
        ("Take twenty mg daily", 5, "mg"),
        ("No more than 8 tablets in 24 hours. Take 2 tablets", 8, "tablet"),
        ("Do not exceed 8 tablets. Take 2", 8, "tablet"),
        ("Take 2. Maximum dose in 24 hours: 8 tablets", 8, "tablet"),
        ("Take 2 tablets, up to 8 a day", 8, "tablet"),
        ("Take 15 ml three times a day (max 45 ml)", 45, "ml"),
        ("Inject 12\u2009500 units daily", 500, "units"),
        ("Take 1 MU", 1, "mU"),
        ("Take 5 \u00b5g", 5, "mg"),
        ("Take 1 tablet 6 hourly", 6, "tablet"),
        ("Take 1 tablet every 8 hrs", 8, "tablet"),
        ("Take 1 tablet q8h", 8, "tablet"),
        ("1 tab od 28/7", 28, "tablet"),
        ("A dose of 5 mg", 50, "mg"),
        ("TAKE ONE 3 TIMES/DAY", 2, "tablet"),
        ("Take 1 tablet 5x daily", 5, "tablet"),
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
        ("Take 1/2 tablet daily", 2, "tablet"),
        ("Take 3/4 tablet daily", 3, "tablet"),
        ("Take \u2154 tablet daily", 1, "tablet"),
        ("Take \u215b tablet daily", 8, "tablet"),
        ("Inject 10\u2076 units", 10, "units"),
        ("Inject 12 500 units daily", 500, "units"),
        ("Inject 12 500 units daily", 12500, "units"),
        ("Inject two million units", 2, "units"),
        ("10 mg tablets: take two", 20, "mg"),
        ("Take two 500mg tablets", 500, "mg"),
        ("2 mg/kg", 2, "mg"),
        ("Reduced from 10 mg to 5 mg daily", 10, "mg"),
        ("Take 1mg", 1, "Mg"),
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
        ("Max. dose: 8 tablets", 8, "tablet"),
        ("TAKE ONE 3 TIMES/DAY", 1, "tablet"),
        ("Inject 12\u2009500 units daily", 12500, "units"),
        ("Take .5 mg daily", 0.5, "mg"),
        ("Take 15 ml three times a day (max 45 ml)", 15, "ml"),
    ],
)
def test_what_may_agree_or_is_not_said_in_words_is_not_called_different(text: str, value: object, unit: str) -> None:
    assert compare_dose(text, coded(value, unit)) is Comparison.OPEN


def test_one_dose_of_several_that_differs_is_enough() -> None:
    assert compare_dose("5 mg at night", [*coded(5, "mg"), *coded(50, "mg")]) is Comparison.DIFFERS


def both_ends(low: int, high: int, unit: str = "mg") -> JsonObject:
    return {"low": {"value": low, "unit": unit}, "high": {"value": high, "unit": unit}}


def test_hazard_overdose_a_coded_range_agrees_only_where_every_end_is_said() -> None:
    """Otherwise up to 20 mg is allowed by the code where the words allow 10."""
    assert compare_dose("5 to 10 mg", [both_ends(5, 10)]) is Comparison.OPEN
    assert compare_dose("5 to 10 mg", [both_ends(5, 20)]) is Comparison.DIFFERS
    assert compare_dose("5 mg", [both_ends(5, 10)]) is Comparison.INCOMPARABLE
    assert compare_dose("50 mg", [both_ends(5, 10)]) is Comparison.DIFFERS


def test_hazard_overdose_the_lines_say_which_of_these_it_is() -> None:
    def lines(text: str, value: object, unit: str) -> tuple[str, ...]:
        return dosage_lines({"text": text, "doseAndRate": [{"doseQuantity": {"value": value, "unit": unit}}]})

    assert lines("2.5mg", 2.5, "mg") == ("2.5mg",)
    assert lines("500micrograms", 500, "microgram") == ("500micrograms",)
    assert lines("2.5mg", 10, "mg") == ("2.5mg", f"{CODED_DIFFERENTLY}: 10 mg")
    assert lines("2.5mg", 1, "ampoule") == ("2.5mg", "Coded: 1 ampoule (cannot be compared with the dose in words)")
    assert lines("As directed", 1, "tablet") == ("As directed", "Coded: 1 tablet")


def lines_of(text: str, value: object, unit: str) -> tuple[str, ...]:
    return dosage_lines({"text": text, "doseAndRate": [{"doseQuantity": {"value": value, "unit": unit}}]})


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Inject 12 500 units daily", 500, "units"),
        ("Max. dose: 8 tablets", 8, "tablet"),
        ("8 tablets a day max", 8, "tablet"),
        ("Take 1 tablet and a half", 1, "tablet"),
        ("Take 1 tablet (or 2)", 1, "tablet"),
        ("1, 2 tablets", 2, "tablet"),
        ("Take 5 mg \u2014 10 mg", 10, "mg"),
        ("One hundred and 5 mg", 5, "mg"),
        ("two point five mg", 5, "mg"),
        ("1e3 units", 3, "units"),
        ("2 x 5 ml", 5, "ml"),
        ("Vitamin B12 tablets", 12, "tablet"),
        ("Take1\u200b5 mg", 5, "mg"),
        ("Food first.5 mg", 5, "mg"),
        ("Not 10 mg", 10, "mg"),
        ("2 tablets of 5 mg", 5, "mg"),
        ("2 doses of 5 mg", 5, "mg"),
        ("1 tablet and 2 at night", 1, "tablet"),
    ],
)
def test_hazard_overdose_where_it_is_not_certain_that_words_and_code_agree_the_code_is_shown(
    text: str, value: int, unit: str
) -> None:
    assert [line for line in lines_of(text, value, unit) if line.startswith("Coded")]


_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
#: How the same number is written: each takes tenths and gives the words and their value.
_WRITTEN: dict[str, Callable[[int], tuple[str, Decimal]]] = {
    "whole": lambda tenths: (str(tenths), Decimal(tenths)),
    "decimal": lambda tenths: (f"{tenths // 10}.{tenths % 10}", Decimal(tenths) / 10),
    "comma": lambda tenths: (f"{tenths // 10},{tenths % 10}", Decimal(tenths) / 10),
    "middle dot": lambda tenths: (f"{tenths // 10}\u00b7{tenths % 10}", Decimal(tenths) / 10),
    "leading point": lambda tenths: (f".{tenths % 10}", Decimal(tenths % 10) / 10),
    "thin thousands": lambda tenths: (f"{tenths}\u2009500", Decimal(tenths * 1000 + 500)),
    "spaced thousands": lambda tenths: (f"{tenths} 500", Decimal(tenths * 1000 + 500)),
    "fraction": lambda tenths: (f"{tenths % 10 + 1}/{tenths % 10 + 3}", Decimal(tenths % 10 + 1) / (tenths % 10 + 3)),
    "and a half": lambda tenths: (f"{tenths}\u00bd", Decimal(tenths) + Decimal("0.5")),
    "tens": lambda tenths: (
        f"{_TENS[tenths % 8]} {_ONES[tenths % 9]}",
        Decimal((tenths % 8 + 2) * 10 + tenths % 9 + 1),
    ),
}
_AROUND = (
    "Take {} daily",
    "{} 6 hourly",
    "{} every 8 hrs for 28/7",
    "No more than 9999 mg in 24 hours. Take {}",
    "Take {} at night (max. 9999 mg)",
    "Food first. {} q8h",
)
_DECOYS = st.sampled_from([1, 2, 3, 5, 6, 7, 8, 10, 24, 28, 500, 9999])


@given(st.sampled_from(sorted(_WRITTEN)), st.integers(1, 999), st.sampled_from(_AROUND), _DECOYS | st.none())
def test_hazard_overdose_only_the_dose_in_words_is_silent_and_only_another_is_called_so(
    way: str, tenths: int, around: str, decoy: int | None
) -> None:
    """The oracle is the number that the words were made from, whatever other numbers stand beside it."""
    written, value = _WRITTEN[way](tenths)
    code = value if decoy is None else Decimal(decoy)
    told = lines_of(around.format(f"{written} mg"), code, "mg")[1:]
    if code != value:
        assert told
    else:
        assert not [line for line in told if line.startswith(CODED_DIFFERENTLY)]
    if code != value and way not in {"fraction", "and a half", "spaced thousands"}:
        assert told[0].startswith(CODED_DIFFERENTLY)


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
