from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.search.dates import EARLIEST, LATEST, interval, period, primitive, timing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.builds(
    lambda days, rest: datetime.min.replace(tzinfo=UTC) + timedelta(days=days, microseconds=rest),
    st.integers(2, 3_652_050),
    st.integers(0, 86_399_999_999),
)
zones = st.integers(min_value=-14 * 60, max_value=14 * 60)


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


@given(moments)
def test_a_day_month_or_year_spans_from_its_first_to_its_last_microsecond(moment: datetime) -> None:
    year, month, day = moment.year, moment.month, moment.day
    last = monthrange(year, month)[1]

    def span(first: tuple[int, int], final: tuple[int, int]) -> tuple[int, int]:
        start = datetime(year, *first, tzinfo=UTC)
        return micros(start), micros(datetime(year, *final, 23, 59, 59, 999_999, tzinfo=UTC))

    assert interval(f"{year:04}-{month:02}-{day:02}") == span((month, day), (month, day))
    assert interval(f"{year:04}-{month:02}") == span((month, 1), (month, last))
    assert interval(f"{year:04}") == span((1, 1), (12, 31))


@given(moments, zones)
def test_a_time_is_the_instant_in_its_zone(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert interval(zoned.isoformat()) == (micros(zoned), micros(zoned) + 999_999)


@given(moments, st.integers(min_value=1, max_value=9))
def test_a_fraction_narrows_the_second(moment: datetime, digits: int) -> None:
    fraction = f"{moment.microsecond:06}000"[:digits]
    text = f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}Z".rjust(21 + digits, "0")
    low, high = interval(text)
    kept = int(fraction[:6].ljust(6, "0"))
    assert low == micros(moment.replace(microsecond=kept, tzinfo=UTC))
    assert high - low + 1 == 10 ** max(0, 6 - digits)


def test_a_time_without_seconds_spans_a_minute_and_without_a_zone_is_in_utc() -> None:
    low, high = interval("2020-01-01T10:00")
    assert (low, high) == (interval("2020-01-01T10:00:00Z")[0], interval("2020-01-01T10:00:59Z")[1])


def test_a_leap_second_is_the_second_before_it() -> None:
    assert interval("2016-12-31T23:59:60Z") == interval("2016-12-31T23:59:59Z")


def test_the_last_day_that_can_be_told_has_an_end() -> None:
    assert interval("9999")[1] == interval("9999-12")[1] == interval("9999-12-31")[1] == LATEST
    assert interval("0001")[0] == EARLIEST


@pytest.mark.parametrize(
    "text", ["2020-02-30", "2020-13", "2019-02-29", "abcd", "2020-1-1", "", "2020-01-01T25:00:00Z"]
)
def test_a_day_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        interval(text)


def test_a_period_is_open_where_an_end_is_absent() -> None:
    assert period({"start": "2020", "end": "2021"}) == ((interval("2020")[0], interval("2021")[1]),)
    assert period({"start": "2020"}) == ((interval("2020")[0], LATEST),)
    assert period({"end": "2021"}) == ((EARLIEST, interval("2021")[1]),)
    assert period({}) == ()


def test_a_period_that_ends_before_it_starts_still_holds_both_ends() -> None:
    """An interval with its ends the wrong way round would be found by no date search."""
    assert period({"start": "2021", "end": "2020"}) == ((interval("2020")[0], interval("2021")[1]),)


def test_a_timing_is_its_outer_limits() -> None:
    events = {"event": ["2020-05-01", None, "2020-01-01"], "repeat": {"boundsPeriod": {"end": "2021"}}}
    assert timing(events) == ((EARLIEST, interval("2021")[1]),)
    assert timing({"event": ["2020-05-01", "2020-01-01"]}) == ((interval("2020-01-01")[0], interval("2020-05-01")[1]),)
    assert timing({"repeat": {"frequency": 1}}) == ()
    assert primitive(None) == ()
