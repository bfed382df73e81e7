"""Specification of the data types that the demonstration writes."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.demo.codes import Code
from lhcr.demo.elements import before, concept, moment, quantity


@given(st.integers(-(10**6), 10**6), st.integers(0, 3))
def test_a_quantity_has_the_digits_that_people_see(whole: int, decimals: int) -> None:
    # Hazard: a dose or a result mangled by binary fractions.
    seen = Decimal(whole).scaleb(-decimals)
    assert quantity(float(seen), "mg")["value"] == seen


def test_a_unit_that_people_read_and_its_ucum_code_may_differ() -> None:
    written = quantity(36.8, "°C", ucum="Cel")
    assert (written["unit"], written["code"], written["system"]) == ("°C", "Cel", "http://unitsofmeasure.org")


def test_words_without_a_code_are_kept_as_words() -> None:
    assert concept(Code("Sore throat")) == {"text": "Sore throat"}


def test_a_code_never_goes_without_its_words() -> None:
    assert concept(Code("Warfarin", "48603004"), text="Warfarin 1mg tablets")["text"] == "Warfarin 1mg tablets"
    assert concept(Code("Warfarin", "48603004"))["text"] == "Warfarin"


@pytest.mark.parametrize(
    ("days", "years", "expected"), [(1, 0, "2026-03-01"), (0, 1, "2025-03-02"), (2, 1, "2025-02-28")]
)
def test_a_day_is_counted_back(days: int, years: int, expected: str) -> None:
    assert before(date(2026, 3, 2), days=days, years=years).isoformat() == expected


def test_a_moment_carries_its_offset() -> None:
    assert moment(date(2026, 3, 2), hour=9, minute=5) == "2026-03-02T09:05:00+00:00"
