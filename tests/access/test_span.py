"""Spans of time that resources tell of, as instants that a database can hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.span import ALWAYS, BEGINNING, ENDLESS, Span, span_of

NEVER = Span(BEGINNING, BEGINNING)
MICROSECOND = timedelta(microseconds=1)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(9998, 12, 31))
INSTANTS = st.integers(0, 8_000 * 365 * 86_400).map(lambda seconds: BEGINNING + timedelta(seconds=seconds))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@given(DAYS)
def test_a_day_a_month_and_a_year_last_from_their_first_instant_to_their_last(day: date) -> None:
    whole = span_of(f"{day:%Y-%m-%d}", otherwise=NEVER)
    assert whole == Span(midnight(day), midnight(day + timedelta(days=1)) - MICROSECOND)
    month, year = span_of(f"{day:%Y-%m}", otherwise=NEVER), span_of(f"{day:%Y}", otherwise=NEVER)
    assert (month.low, (month.high + MICROSECOND).day) == (midnight(day.replace(day=1)), 1)
    assert year == Span(datetime(day.year, 1, 1, tzinfo=UTC), datetime(day.year + 1, 1, 1, tzinfo=UTC) - MICROSECOND)
    assert year.low <= month.low <= whole.low <= whole.high <= month.high <= year.high


@given(start=DAYS, end=DAYS)
def test_a_period_lasts_from_its_first_instant_to_its_last_whichever_was_written_first(start: date, end: date) -> None:
    span = span_of({"start": str(start), "end": str(end)}, otherwise=NEVER)
    assert span == Span(midnight(min(start, end)), midnight(max(start, end) + timedelta(days=1)) - MICROSECOND)


@given(DAYS)
def test_a_period_without_one_of_its_ends_is_open_there(day: date) -> None:
    assert span_of({"start": str(day)}, otherwise=NEVER) == Span(midnight(day), ENDLESS)
    assert span_of({"end": str(day)}, otherwise=NEVER) == Span(
        BEGINNING, midnight(day + timedelta(days=1)) - MICROSECOND
    )


@pytest.mark.parametrize(
    "text", ["0001", "1066-10-14", "1899-12-31T23:59:59Z", "9999-12-31", "9999", "9999-12-31T23:59:59-12:00"]
)
def test_every_date_of_fhir_fits_a_database(text: str) -> None:
    for value in (text, {"start": text}, {"end": text}):
        span = span_of(value, otherwise=ALWAYS)
        assert BEGINNING <= span.low <= span.high <= ENDLESS


@pytest.mark.parametrize(
    "value",
    [
        *(None, 7, True, [], "", "yesterday", "2026-13-01", "2026-02-30", {}, {"start": None}, {"start": "x"}),
        *({"start": 7}, {"start": "2026", "end": []}, ["2026"], {"period": "2026"}, "2026-03-02T25:00:00Z"),
    ],
)
def test_what_tells_no_time_is_what_the_caller_says_it_is(value: object) -> None:
    """Hazard: a span guessed from an unreadable date would open a record, or close it."""
    assert span_of(value, otherwise=NEVER) is NEVER


@given(low=INSTANTS, recorded=INSTANTS, days=st.integers(0, 400))
def test_what_nobody_ended_lasts_for_some_days_after_it_was_last_heard_of(
    low: datetime, recorded: datetime, days: int
) -> None:
    """Hazard: an encounter that nobody closed opens a record for ever."""
    heard = Span(low, ENDLESS).heard_of(recorded, days=days)
    assert heard == Span(low, max(low, recorded) + timedelta(days=days))


@given(low=INSTANTS, last=INSTANTS, recorded=INSTANTS, days=st.integers(0, 400))
def test_an_end_that_was_told_stands_unless_it_is_further_off_than_that(
    low: datetime, last: datetime, recorded: datetime, days: int
) -> None:
    """Hazard: an end that was mistyped, or invented, opens a record for ever."""
    span = Span(low, max(low, last))
    assert span.heard_of(recorded, days=days) == Span(low, min(span.high, max(low, recorded) + timedelta(days=days)))


def test_no_number_of_days_leads_past_what_a_database_holds() -> None:
    assert Span.at(ENDLESS).heard_of(BEGINNING, days=400) == Span.at(ENDLESS)


def test_an_instant_begins_and_ends_at_once() -> None:
    assert Span.at(BEGINNING) == Span(BEGINNING, BEGINNING)
