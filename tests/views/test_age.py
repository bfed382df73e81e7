"""Ages in words: as fine as the young need, and never finer than the dates that are known."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.views.age import age_at_death_text, age_text
from lhcr.views.written_date import WrittenDate, read_date

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2090, 12, 31))


def written(text: str) -> WrittenDate:
    found = read_date(text)
    assert found is not None
    return found


def months_between(birth: date, on: date) -> int:
    """Birthdays by month that have come: counted one by one, as a person would on a calendar."""
    months = 0
    while (birth.year * 12 + birth.month + months, birth.day) < (on.year * 12 + on.month, on.day + 1):
        months += 1
    return months - 1


@given(birth=DAYS, days=st.integers(0, 7000))
def test_an_age_is_what_a_calendar_counts(birth: date, days: int) -> None:
    on = birth + timedelta(days=days)
    months = months_between(birth, on)
    told = age_text(written(str(birth)), on)
    if told.endswith("d"):
        assert told == f"{days}d"
        assert days < 28
    elif told.endswith("w"):
        assert told == f"{days // 7}w"
        assert months < 12
    elif " " in told or told.endswith("m"):
        years, rest = divmod(months, 12)
        assert told == (f"{months}m" if months < 24 else f"{years}y {rest}m")
    else:
        assert told == f"{months // 12}y"
        assert months % 12 == 0 or months >= 18 * 12


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2026-03-15", "2026-03-15", "0d"),
        ("2026-03-16", "2026-03-15", "not yet born"),
        ("2008-02-29", "2026-02-28", "17y 11m"),
        ("2008-02-29", "2026-03-01", "18y"),
        ("2025-12", "2026-01-15", "about 1m"),
        ("2026-01", "2026-01-15", "under 1m"),
        ("2025-02", "2026-01-15", "about 11m"),
        ("2024-06", "2026-01-15", "about 19m"),
        ("2016-03", "2026-01-15", "about 9y 10m"),
        ("1950-03", "2026-01-15", "about 75y"),
        ("2026", "2026-03-15", "under 1y"),
        ("2025", "2026-01-01", "under 2y"),
        ("2024", "2026-01-01", "about 2y"),
        ("1950", "2026-03-15", "about 76y"),
    ],
)
def test_hazard_a_babys_dose_an_age_of_which_only_month_or_year_is_known_says_so(born: str, on: str, age: str) -> None:
    assert age_text(written(born), date.fromisoformat(on)) == age


@pytest.mark.parametrize(
    ("born", "died", "age"),
    [
        ("1950-03-16", "2020-03-15", "69y"),
        ("1950-03-16", "2020-03-16T23:30:00Z", "70y"),
        ("1950-06-15", "2020", "about 70y"),
        ("1950-06-15", "2020-06", "about 70y"),
        ("2020-03-01", "2020", "under 1y"),
        ("2020-03-01", "2020-03", "under 1m"),
        ("2019-12-31", "2020", "under 2y"),
        ("2020-03-01", "2020-02-28", "before the date of birth"),
    ],
)
def test_the_age_at_death_is_no_finer_than_the_date_of_death(born: str, died: str, age: str) -> None:
    """A child who died in the year of their birth was born, whatever the month."""
    assert age_at_death_text(written(born), written(died)) == age
