"""Dates as intervals: every FHIR date is a closed interval of microseconds since 1970-01-01 UTC.

`2020` is the whole year, `2020-05-01T10:00:00Z` the whole second. A time without a zone is taken as UTC, which FHIR
forbids in a resource but a query may hold. Both ends belong to the interval. An open end of a Period is `EARLIEST` or `LATEST`.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from lhcr.kernel.json_types import JsonObject

Interval: TypeAlias = tuple[int, int]

DAY = 86_400_000_000
SECOND = 1_000_000
EARLIEST = (date.min.toordinal() - 719_163) * DAY
LATEST = (date.max.toordinal() - 719_162) * DAY - 1
_EPOCH_DAY = 719_163
_LONGEST = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def interval(text: str) -> Interval:
    """Give the interval of a date, dateTime or instant, from year to microsecond; ValueError on anything else."""
    size = len(text)
    if size > _LONGEST:
        raise ValueError("not a date")
    if size > 10:
        return _interval_of_time(text)
    if size == 10:
        low = (date.fromisoformat(text).toordinal() - _EPOCH_DAY) * DAY
        return low, low + DAY - 1
    if size == 7:
        return _between(date.fromisoformat(text + "-01"), _next_month(int(text[:4]), int(text[5:])))
    if size == 4:
        year = int(text)
        return _between(date(year, 1, 1), _next_month(year, 12))
    raise ValueError("not a date")


def _between(first: date, after: int) -> Interval:
    return (first.toordinal() - _EPOCH_DAY) * DAY, (after - _EPOCH_DAY) * DAY - 1


def _next_month(year: int, month: int) -> int:
    """Give the ordinal of the first day of the next month, which may lie after the last date that Python knows."""
    if month < 12:
        return date(year, month + 1, 1).toordinal()
    return date(year, 12, 31).toordinal() + 1


@lru_cache(maxsize=4096)
def _interval_of_time(text: str) -> Interval:
    """Give the interval of a time. The entries of one encounter say the same few times again and again."""
    if text[17:19] == "60":
        # A leap second is read as the second before it: the clocks of records do not tell them apart.
        text = f"{text[:17]}59{text[19:]}"
    moment = datetime.fromisoformat(text)
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    low = (since.days * 86_400 + since.seconds) * SECOND + since.microseconds
    return low, low + _width(text) - 1


def _width(text: str) -> int:
    """Give the microseconds that a written time spans: a minute, a second or a fraction of one."""
    if text[16:17] != ":":
        return 60 * SECOND
    if text[19:20] != ".":
        return SECOND
    digits = 0
    while digits < 6 and text[20 + digits : 21 + digits].isdigit():
        digits += 1
    return int(10 ** (6 - digits))


def primitive(text: str | None) -> tuple[Interval, ...]:
    return () if text is None else (interval(text),)


def period(value: JsonObject) -> tuple[Interval, ...]:
    """Give a Period's interval; none where it has neither end. One that ends before it starts spans both ends."""
    start, end = value.get("start"), value.get("end")
    if start is None:
        return () if end is None else ((EARLIEST, interval(end)[1]),)
    first = interval(start)
    if end is None:
        return ((first[0], LATEST),)
    last = interval(end)
    return ((min(first[0], last[0]), max(first[1], last[1])),)


def timing(value: JsonObject) -> tuple[Interval, ...]:
    """Give the outer limits of a Timing's events and bounds, which is all that search sees of it (FHIR R4 3.1.1.4.7)."""
    found = [interval(event) for event in value.get("event", ()) if event is not None]
    repeat: dict[str, Any] = value.get("repeat") or {}
    found += period(repeat.get("boundsPeriod") or {})
    return ((min(low for low, _ in found), max(high for _, high in found)),) if found else ()
