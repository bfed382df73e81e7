"""How often, on which days and for how long: nothing that narrows a timing is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.views.timing import timing_text

DAILY: JsonObject = {"frequency": 1, "period": 1, "periodUnit": "d"}


def test_hazard_a_weekly_medicine_taken_daily_the_days_come_before_once_a_day_and_say_only() -> None:
    """Methotrexate on one day a week is often written as once a day with the day beside it."""
    assert timing_text({"repeat": DAILY | {"dayOfWeek": ["mon"]}}) == "on Monday only, once a day"
    assert timing_text({"repeat": {"dayOfWeek": ["mon", "thu"]}}) == "on Monday and Thursday only"


@pytest.mark.parametrize(
    ("timing", "words"),
    [
        ({"repeat": DAILY | {"duration": 30, "durationUnit": "min"}}, "once a day, over 30 minutes each time"),
        (
            {"repeat": DAILY | {"duration": 1, "durationMax": 2, "durationUnit": "h"}},
            "once a day, over 1 to 2 hours each time",
        ),
        ({"repeat": {"when": ["ACM"], "offset": 30}}, "30 minutes before breakfast"),
        ({"repeat": DAILY | {"boundsPeriod": {"end": "2026-03-08"}}}, "once a day, until 8 March 2026"),
        (
            {"repeat": DAILY | {"boundsPeriod": {"start": "2026-03", "end": "2026-03-08"}}},
            "once a day, from March 2026, until 8 March 2026",
        ),
        (
            {"repeat": DAILY | {"boundsDuration": {"value": 7, "comparator": "<", "code": "d"}}},
            "once a day, for < 7 days",
        ),
        ({"repeat": {"frequencyMax": 4, "period": 1, "periodUnit": "d"}}, "up to 4 times a day"),
        ({"repeat": {"frequency": 2}}, "2 times"),
        ({"repeat": {"period": 8}}, "every 8"),
        ({"repeat": {"frequency": 3, "period": 2, "periodUnit": "fortnights"}}, "3 times every 2 fortnights"),
        ({"code": {"text": "BD"}, "repeat": {"boundsPeriod": {"end": "2026"}}}, "BD, until 2026"),
        ({"event": ["2026-03-08T09:00:00Z", "2026-03-09"]}, "on 8 March 2026, 09:00, on 9 March 2026"),
        ({}, ""),
        (None, ""),
    ],
)
def test_each_part_of_a_timing_is_told(timing: object, words: str) -> None:
    assert timing_text(timing) == words


def test_of_very_many_moments_the_first_are_told_and_that_there_are_more() -> None:
    told = timing_text({"event": [f"2026-03-{day:02}" for day in range(1, 30)]})
    assert told.startswith("on 1 March 2026, on 2 March 2026")
    assert told.endswith("on 5 March 2026, and at more times")


@given(
    least=st.integers(1, 12),
    more=st.integers(1, 12),
    name=st.sampled_from(["frequency", "period", "duration", "count"]),
)
def test_hazard_a_range_loses_neither_of_its_ends(least: int, more: int, name: str) -> None:
    repeat = {
        "frequency": 1,
        "period": 1,
        "periodUnit": "d",
        "durationUnit": "h",
        name: least,
        f"{name}Max": least + more,
    }
    assert f"{least} to {least + more}" in timing_text({"repeat": repeat})
