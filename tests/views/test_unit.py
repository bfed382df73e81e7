"""Hazard: units mangled. A unit in words that its own code contradicts is never shown as if the words were all."""

import pytest

from lhcr.views.quantity import quantity_text, range_text
from lhcr.views.unit import contradict

UCUM = "http://unitsofmeasure.org"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("umol/L", "mg/dL"),
        ("mg", "ug"),
        ("micrograms", "mg"),
        ("mcg", "mg"),
        ("ml", "L"),
        ("g/L", "g/dL"),
        ("10^9/L", "10*12/L"),
        ("mmol/mol", "%"),
        ("mmHg", "kPa"),
        ("units", "mg"),
    ],
)
def test_units_that_are_both_understood_and_are_not_the_same_contradict(words: str, code: str) -> None:
    assert contradict(words, code)
    assert contradict(code, words)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("micrograms", "ug"),
        ("µg", "ug"),
        ("μmol/L", "umol/L"),
        ("mcg", "ug"),
        ("ml", "mL"),
        ("MG/DL", "mg/dL"),
        ("x10*9/L", "10*9/L"),
        ("10^9/L", "10*9/L"),
        ("mmHg", "mm[Hg]"),
        ("IU/L", "U/L"),
        ("units", "[iU]"),
        ("litres", "L"),
        ("years", "a"),
        ("lbs", "[lb_av]"),
        ("tablet", "mg"),
        ("INR", "{INR}"),
        ("°C", "Cel"),
        ("beats/min", "{beats}/min"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
        ("g" * 100_000, "mg"),
        ("", "mg"),
    ],
)
def test_another_spelling_or_what_is_not_understood_contradicts_nothing(words: str, code: str) -> None:
    assert not contradict(words, code)


def test_hazard_units_mangled_both_units_are_shown_where_they_contradict() -> None:
    quantity = {"value": 1.2, "unit": "umol/L", "system": UCUM, "code": "mg/dL"}
    assert quantity_text(quantity) == "1.2 umol/L (coded as mg/dL)"
    high = {"value": 2, "unit": "umol/L", "system": UCUM, "code": "umol/L"}
    assert range_text({"low": quantity, "high": high}) == "1.2 umol/L (coded as mg/dL) to 2 umol/L"


def test_a_code_that_is_not_of_ucum_contradicts_no_words() -> None:
    assert quantity_text({"value": 5, "unit": "mg", "system": "urn:local", "code": "g"}) == "5 mg"
