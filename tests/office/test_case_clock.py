"""The clock of a case against a slow count of days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.office_policy import Due
from lhcr.office.case_clock import day_bounds, due_at, last_day, local_day

FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (Due(hours=24), datetime(2026, 3, 7, 15, 0, tzinfo=UTC)),
        (Due(working_days=1), datetime(2026, 3, 10, 0, 0, tzinfo=UTC)),
        (Due(working_days=5), datetime(2026, 3, 14, 0, 0, tzinfo=UTC)),
        (Due(), FRIDAY),
    ],
)
def test_hours_and_then_working_days_to_the_end_of_the_last(due: Due, expected: datetime) -> None:
    assert due_at(FRIDAY, due) == expected


def test_a_holiday_is_no_working_day() -> None:
    assert due_at(FRIDAY, Due(working_days=1), holidays=[date(2026, 3, 9)]) == datetime(2026, 3, 11, 0, 0, tzinfo=UTC)


def test_in_summer_a_day_ends_by_the_clock_of_the_united_kingdom() -> None:
    assert due_at(datetime(2026, 7, 1, 9, tzinfo=UTC), Due(working_days=1)) == datetime(2026, 7, 2, 23, 0, tzinfo=UTC)


@given(st.integers(0, 2_000 * 86_400), st.integers(1, 20))
def test_between_opening_and_due_lie_so_many_working_days(seconds: int, days: int) -> None:
    at = FRIDAY + timedelta(seconds=seconds)
    due = due_at(at, Due(working_days=days))
    passed, day = 0, local_day(at) + timedelta(days=1)
    while day_bounds(day)[1] <= due:
        passed += day.isoweekday() < 6
        day += timedelta(days=1)
    assert passed == days
    assert day_bounds(day - timedelta(days=1))[1] == due


def test_what_is_due_at_the_end_of_a_day_says_which_day() -> None:
    """Midnight is the next day's on a clock, and nobody means that day."""
    assert last_day(due_at(FRIDAY, Due(working_days=1))) == date(2026, 3, 9)
    assert last_day(FRIDAY) is None
