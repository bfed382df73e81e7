"""Age in words, as NHS screens give it: finer for the young, and never finer than the date of birth."""

from datetime import date

from lhcr.views.written_date import WrittenDate


def age_text(birth: WrittenDate, on: date) -> str:
    """`74y`, `1y 3m`, `7w`, `3d`; `about 74y` where only the year or month of birth is known.

    Under 2 days in days, under 4 weeks in days, under 1 year in weeks, under 2 years in months, under 18 in years and
    months, and from then on in years.
    """
    if birth.as_day > on:
        return "not yet born"
    if not birth.precise:
        return f"about {on.year - birth.year}y"
    days = (on - birth.as_day).days
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    return _words(days, months)


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
