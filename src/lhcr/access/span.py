"""A span of time that a resource tells of, as instants in UTC that every database can hold."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from lhcr.fhir.search.dates import EARLIEST, LATEST, interval, period

BEGINNING: Final = datetime(1900, 1, 1, tzinfo=UTC)
ENDLESS: Final = datetime(9999, 12, 31, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """`high` is `ENDLESS` where no end is told."""

    low: datetime
    high: datetime

    @classmethod
    def at(cls, instant: datetime) -> Self:
        return cls(instant, instant)

    def heard_of(self, recorded: datetime, *, days: int) -> "Span":
        """Return the span with an end no later than so many days after it was last recorded, or after it begins.

        Hazard: a record opened for ever. Nobody closes every encounter, and an end far off may be mistyped or invented.
        """
        return Span(self.low, min(self.high, later(max(self.low, recorded), days=days)))


ALWAYS: Final = Span(BEGINNING, ENDLESS)


def later(instant: datetime, *, days: int) -> datetime:
    return ENDLESS if instant >= ENDLESS - timedelta(days=days) else instant + timedelta(days=days)


def within(span: Span, outer: Span) -> Span:
    """Return what two spans share: nothing where its `high` is not after its `low`."""
    return Span(max(span.low, outer.low), min(span.high, outer.high))


def span_of(value: object, *, otherwise: Span) -> Span:
    """Return the span of a date, dateTime or Period; `otherwise` where there is none that can be read."""
    try:
        return _span(value) or otherwise
    except ValueError:
        return otherwise


def _span(value: object) -> Span | None:
    if isinstance(value, str):
        low, high = interval(value)
    elif isinstance(value, dict) and all(isinstance(value.get(end), str | None) for end in ("start", "end")):
        found = period(value)
        if not found:
            return None
        ((low, high),) = found
    else:
        return None
    return Span(_instant(low), _instant(high))


def _instant(microseconds: int) -> datetime:
    if microseconds <= EARLIEST:
        return BEGINNING
    instant = ENDLESS if microseconds >= LATEST else _EPOCH + timedelta(microseconds=microseconds)
    return min(max(instant, BEGINNING), ENDLESS)
