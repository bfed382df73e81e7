"""By when something is due, as people say it: the end of a day rather than the midnight after it."""

from datetime import datetime

from lhcr.office.case_clock import day_bounds, last_day
from lhcr.views.written_date import from_datetime


def due_words(due: datetime) -> str:
    day = last_day(due)
    if day is None:
        return from_datetime(due).with_clock
    return f"the end of {from_datetime(day_bounds(day)[0]).shown}"
