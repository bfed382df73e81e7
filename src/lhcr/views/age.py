"""Age in words, as NHS screens give it: finer for the young, and never finer than the date of birth."""

from dataclasses import replace
from datetime import date

from lhcr.views.written_date import WrittenDate


def age_text(birth: WrittenDate, on: date) -> str:
    """`74y`, `1y 3m`, `7w`, `3d`; `about 74y` where only the year or month of birth is known.

    Under 4 weeks in days, under 1 year in weeks, under 2 years in months, under 18 in years and months, and from then on in
    years. Hazard: the dose of a child. A baby of a month is never called a year old because the calendar's year has changed.
    """
    if birth.as_day > on:
        return "not yet born"
    months = (on.year - birth.year) * 12 + on.month - birth.month
    if birth.precise:
        return _words((on - birth.as_day).days, months - (on.day < birth.day))
    return _about_months(months) if birth.month else _about_years(on.year - birth.year)


def age_at_death_text(birth: WrittenDate, death: WrittenDate) -> str:
    """The age at death, no finer than the less precise of the two dates."""
    coarse = birth if death.precise else replace(birth, day=0, month=birth.month if death.month else 0)
    if coarse.as_day > death.as_day:
        return "before the date of birth"
    return age_text(coarse, death.as_day)


def _about_months(months: int) -> str:
    """Of a month of birth: a day more or less is not known, so weeks are not told."""
    if months == 0:
        return "under 1m"
    return f"about {f'{months}m' if months < 12 else _words(months * 28, months)}"


def _about_years(years: int) -> str:
    return f"about {years}y" if years > 1 else f"under {years + 1}y"


def _words(days: int, months: int) -> str:
    if days < 28:
        return f"{days}d"
    if months < 12:
        return f"{days // 7}w"
    if months < 24:
        return f"{months}m"
    years = months // 12
    if years < 18:
        return f"{years}y {months % 12}m" if months % 12 else f"{years}y"
    return f"{years}y"
