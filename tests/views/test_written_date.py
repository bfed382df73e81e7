"""Dates keep the precision in which they were written, in the time of the United Kingdom."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.views.written_date import WrittenDate, from_datetime, read_date

LONDON = ZoneInfo("Europe/London")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(-70 * 365 * 86_400, 130 * 365 * 86_400).map(lambda seconds: EPOCH + timedelta(seconds=seconds))


def written(text: str) -> WrittenDate:
    found = read_date(text)
    assert found is not None
    return found


@given(instant=INSTANTS, zone=st.integers(-14 * 60, 14 * 60), fraction=st.sampled_from(["", ".5", ".123456789"]))
def test_a_moment_of_any_zone_is_told_as_london_had_it(instant: datetime, zone: int, fraction: str) -> None:
    sign, (hours, minutes) = "-" if zone < 0 else "+", divmod(abs(zone), 60)
    found = written(f"{instant:%Y-%m-%dT%H:%M:%S}{fraction}{sign}{hours:02}:{minutes:02}")
    there = (instant - timedelta(minutes=zone)).astimezone(LONDON)
    assert (found.as_day, found.clock) == (there.date(), f"{there:%H:%M}")


@given(instant=INSTANTS)
def test_this_records_own_clock_reads_as_a_written_moment_does(instant: datetime) -> None:
    assert from_datetime(instant).with_clock == written(instant.isoformat()).with_clock


@given(day=st.dates(min_value=date(1800, 1, 1)))
def test_nothing_is_told_that_was_not_written(day: date) -> None:
    year, month, whole = written(f"{day:%Y}"), written(f"{day:%Y-%m}"), written(f"{day:%Y-%m-%d}")
    assert (year.shown, year.month_title) == (str(day.year), str(day.year))
    assert month.shown == f"{day:%B} {day.year}"
    assert whole.shown == f"{day.day} {day:%B} {day.year}"
    assert [each.precise for each in (year, month, whole)] == [False, False, True]
    assert year < month < whole
    assert year.as_day <= month.as_day <= whole.as_day == day


def test_dates_of_one_day_stand_in_the_order_of_their_clocks() -> None:
    texts = ["2026-03-02T09:05:00Z", "2026-03-02T10:00:00+02:00", "2026-03-02", "2026-03-02T23:00:00Z"]
    assert [each.clock for each in sorted(map(written, texts))] == ["", "08:00", "09:05", "23:00"]


def test_a_leap_second_is_a_date_like_any_other() -> None:
    """FHIR allows it; a death at that second was once taken for none."""
    assert written("2016-12-31T23:59:60Z").with_clock == "31 December 2016, 23:59"
    assert written("2016-12-31T23:59:60.5-01:00").with_clock == "1 January 2017, 00:59"


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-02T99:99", "2026-03-02T24:00:00Z", "2026-00", "2026-03-00", "2026-3-2", "٢٠٢١-03-04", "2026-03-02T"),
        *(
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-12:00",
            "2026-03-02T10:00+25:00",
            "2026" * 20,
            "2026-03-02Z",
        ),
    ],
)
def test_what_is_no_moment_is_not_made_into_one(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize("value", [None, 2026, True, [], {"year": 2026}])
def test_only_text_is_a_date(value: object) -> None:
    assert read_date(value) is None
