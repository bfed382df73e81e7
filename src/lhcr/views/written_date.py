"""Dates with the precision in which they were written: a year is never made into a day."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

# Digits of other scripts are not those of FHIR: a date is shown as it stands, or not taken for one.
_FORM = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True, order=True)
class WrittenDate:
    """A FHIR date or dateTime: what was written, and its parts in the time of the United Kingdom.

    `year`, `month` and `day` are 0 where they were not written; `clock` is `14:05` or empty. Order is chronological, the
    less precise first.
    """

    year: int
    month: int
    day: int
    clock: str
    written: str

    @property
    def shown(self) -> str:
        """`3 March 2021`, `March 2021` or `2021`: the style of the NHS, which is read the same way by everybody."""
        parts = [str(self.day)] if self.day else []
        parts += [_MONTHS[self.month - 1]] if self.month else []
        return " ".join([*parts, str(self.year)])

    @property
    def with_clock(self) -> str:
        return f"{self.shown}, {self.clock}" if self.clock else self.shown

    @property
    def month_title(self) -> str:
        """The heading under which a timeline puts it: `March 2021`, or `2021` where no month was written."""
        return f"{_MONTHS[self.month - 1]} {self.year}" if self.month else str(self.year)

    @property
    def as_day(self) -> date:
        """The first day that it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def precise(self) -> bool:
        return bool(self.day)


def read_date(value: Any) -> WrittenDate | None:
    """Read a FHIR date, dateTime or instant; None for anything else, which the caller shows as the text it is."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    match = _FORM.fullmatch(value.strip())
    return _read_parts(value.strip(), match) if match else None


def from_datetime(instant: datetime) -> WrittenDate:
    """A moment of this record's own clock, in the time of the United Kingdom."""
    local = instant.astimezone(_LONDON)
    return WrittenDate(local.year, local.month, local.day, f"{local:%H:%M}", instant.astimezone(UTC).isoformat())


def _read_parts(written: str, match: re.Match[str]) -> WrittenDate | None:
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        time(int(hour or 0), int(minute or 0))
        if zone:
            return _moment(written, leap=second == "60")
        date(int(year), int(month or 1), int(day or 1))
    except (ValueError, OverflowError):
        return None
    return WrittenDate(int(year), int(month or 0), int(day or 0), f"{hour}:{minute}" if hour else "", written)


def _moment(written: str, *, leap: bool) -> WrittenDate:
    # FHIR allows the leap second, which Python does not know; no minute is told wrongly by the second before it.
    read = re.sub(r":60(?=[.Z+-])", ":59", written) if leap else written
    local = datetime.fromisoformat(read).astimezone(_LONDON)
    return WrittenDate(local.year, local.month, local.day, f"{local:%H:%M}", written)
