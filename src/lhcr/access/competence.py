"""Competence: whether a child's proxy may open its record alone, and whether people are old enough to open their own.

Hazard guarded here: a young person's record read by a parent against whom it is kept, or by a child who was not told yet. Where
sources disagree on when somebody was born, the date counts that gives less.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from lhcr.access.proxy_policy import ProxyPolicy

#: Birthdays begin at midnight where the record is.
_LONDON: Final = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True, kw_only=True)
class Born:
    """The days on which somebody may have been born: the first and the last that any source tells whose word counts."""

    earliest: date
    latest: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Competence:
    """`changes` is when the next birthday changes any of it, None where none does."""

    parents_may: bool
    person_may: bool
    changes: datetime | None = None


#: Of somebody whose birth date nobody has told: no proxy by parental responsibility, and nothing to say that they are a child.
OF_UNKNOWN_AGE: Final = Competence(parents_may=False, person_may=True)


def competence_of(born: Born | None, *, policy: ProxyPolicy, now: datetime) -> Competence:
    """Return what holds at an instant. The older of two ages ends a parent's say, the younger opens the own record."""
    if born is None:
        return OF_UNKNOWN_AGE
    parents_end = birthday(born.earliest, policy.parental.until_age)
    own_begins = birthday(born.latest, policy.own_record_from_age)
    return Competence(
        parents_may=now < parents_end,
        person_may=now >= own_begins,
        changes=min((each for each in (parents_end, own_begins) if each > now), default=None),
    )


@lru_cache(maxsize=4_096)
def birthday(born: date, age: int) -> datetime:
    """Return the instant (UTC) at which somebody reaches an age in years.

    Who was born on 29 February does so on 1 March of other years.
    """
    year = min(born.year + age, date.max.year)
    try:
        day = born.replace(year=year)
    except ValueError:
        day = date(year, 3, 1)
    return datetime.combine(day, time(), tzinfo=_LONDON).astimezone(UTC)
