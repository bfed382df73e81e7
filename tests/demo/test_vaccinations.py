"""Specification of vaccinations: those against influenza are given in autumn, whatever the day of the demonstration."""

from datetime import date, timedelta
from typing import Any

import pytest

from lhcr.demo.generate import generate
from lhcr.demo.vaccinations import LONGEST, autumn
from lhcr.kernel.json_types import JsonObject

_DAYS = [
    date(2026, 3, 2),
    date(2026, 9, 20),
    date(2026, 10, 1),
    date(2026, 11, 23),
    date(2028, 2, 29),
    date(2027, 12, 31),
]


def influenza(today: date) -> list[JsonObject]:
    resources: list[Any] = [
        entry["resource"] for given in generate(80, seed=3, today=today) for entry in given.bundle["entry"]
    ]
    return [
        found
        for found in resources
        if found["resourceType"] == "Immunization" and found["vaccineCode"]["text"].startswith("Influenza")
    ]


@pytest.mark.parametrize("today", _DAYS)
def test_nobody_is_vaccinated_against_influenza_in_summer_or_in_the_future(today: date) -> None:
    given = [date.fromisoformat(found["occurrenceDateTime"][:10]) for found in influenza(today)]
    assert len(given) > 10
    assert {day.month for day in given} <= {10, 11}
    assert max(given) <= today


def test_nobody_is_vaccinated_twice_in_one_autumn_by_one_source() -> None:
    """The practice and the pharmacy may both write the same one down; neither gives two."""
    seen = [(found["patient"]["reference"], found["occurrenceDateTime"][:4]) for found in influenza(_DAYS[3])]
    assert len(set(seen)) == len(seen)


def test_an_autumn_is_one_that_is_over_and_the_last_such() -> None:
    """Otherwise two winters of one person could fall into one autumn while it lasts."""
    for days in range(800):
        today = date(2026, 1, 1) + timedelta(days=days)
        first, last = autumn(today, into=0), autumn(today, into=LONGEST)
        assert last <= today < date(last.year + 1, last.month, last.day)
        assert first.year == last.year
        assert autumn(today, into=0, years=2) == date(first.year - 2, first.month, first.day)
