"""Until when an entry is kept: pure dates, from the last entry of its source, birth and death.

Hazard guarded here: what is disposed of too early is gone. Of a date that is told in part the latest day counts, of several dates the
latest, and of a date that is needed and not known nothing follows: it is reported, and the entry stays.
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from lhcr.kernel.json_types import JsonObject
from lhcr.record.retention_policy import RetentionRule

_ADULT: Final = 18
_LAST_YEAR_OF_CHILDHOOD: Final = 17
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?")


class Unknown(Enum):
    """Why it cannot be told until when something is kept."""

    BIRTH = "the date of birth is not known"
    DEATH = "the date of death is not known"


class Forever(Enum):
    """Nothing has begun yet from which a rule counts: a person who is alive, by a rule that counts from death."""

    ALIVE = "alive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is known of a person's dates: every birth and death that some source says, each as the latest day that it may mean."""

    births: tuple[date, ...] = ()
    deaths: tuple[date, ...] = ()
    is_dead: bool = False


def kept_until(rule: RetentionRule, *, last_entry: date, life: Life) -> date | Unknown | Forever:
    """Return the first day on which an entry need not be kept any more."""
    if rule.years_after_death is not None:
        if life.deaths:
            return add_years(max(life.deaths), rule.years_after_death)
        return Unknown.DEATH if life.is_dead else Forever.ALIVE
    years = rule.years_after_last_entry or 0
    until = add_years(last_entry, years)
    if rule.child_until_birthday is None or rule.child_until_birthday_if_17 is None:
        return until
    if not life.births:
        return Unknown.BIRTH
    birth = max(life.births)
    age = age_on(birth, last_entry)
    if age >= _ADULT:
        return until
    last = rule.child_until_birthday_if_17 if age == _LAST_YEAR_OF_CHILDHOOD else rule.child_until_birthday
    return add_years(birth, last)


def age_on(birth: date, day: date) -> int:
    """Return somebody's age in years; who was born on 29 February is a year older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def add_years(day: date, years: int) -> date:
    """Return the same day some years later, 1 March where there is no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def life_of(patients: Iterable[JsonObject]) -> Life:
    """Return what Patients say of one person's birth and death. What cannot be read is not known."""
    births, deaths, is_dead = [], [], False
    for patient in patients:
        births += [day for day in [latest_day(patient.get("birthDate"))] if day]
        deaths += [day for day in [latest_day(patient.get("deceasedDateTime"))] if day]
        is_dead = is_dead or patient.get("deceasedBoolean") is True or "deceasedDateTime" in patient
        is_dead = is_dead or "_deceasedDateTime" in patient
    return Life(births=tuple(births), deaths=tuple(deaths), is_dead=is_dead)


def latest_day(written: object) -> date | None:
    """Return the last day that a date of FHIR may mean: of a month or a year its last."""
    match = _DATE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return None
    year, month = int(match[1]), int(match[2] or 12)
    try:
        return date(year, month, int(match[3]) if match[3] else calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None
