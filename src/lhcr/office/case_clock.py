"""The clock of a case: by when its office should have settled it, in hours and working days of the United Kingdom."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lhcr.access.office_policy import Due

_LONDON: Final = ZoneInfo("Europe/London")
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 6


def due_at(opened: datetime, due: Due, *, holidays: Collection[date] = ()) -> datetime:
    """Return when a case is due that was opened at an instant: after the hours, then at the end of the last working day.

    The day of opening is not counted. Without working days it is due when the hours are over.
    """
    after = opened + timedelta(hours=due.hours)
    if not due.working_days:
        return after
    day, left = local_day(after), due.working_days
    while left:
        day += _DAY
        left -= _is_working(day, holidays)
    return datetime.combine(day + _DAY, time(), tzinfo=_LONDON).astimezone(UTC)


def last_day(due: datetime) -> date | None:
    """Return the day at whose end something is due, None where it is due in the midst of one."""
    return None if local_clock(due) != time() else local_day(due) - _DAY


def local_day(instant: datetime) -> date:
    return instant.astimezone(_LONDON).date()


def local_clock(instant: datetime) -> time:
    return instant.astimezone(_LONDON).time()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return when a day of the United Kingdom begins and when the next one does."""
    begins = datetime.combine(day, time(), tzinfo=_LONDON).astimezone(UTC)
    return begins, datetime.combine(day + _DAY, time(), tzinfo=_LONDON).astimezone(UTC)


def _is_working(day: date, holidays: Collection[date]) -> bool:
    return day.isoweekday() < _SATURDAY and day not in holidays
