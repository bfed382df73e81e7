"""Ordinary people of the area: invented one by one from a seed, each the same whatever number of others there are."""

from datetime import date, timedelta
from random import Random

from lhcr.demo.names import NAME_GROUPS
from lhcr.demo.people import FIRST_ORDINARY_INDEX
from lhcr.demo.person import Person


def chance(seed: int, index: int) -> Random:
    """A source of chance that belongs to one person alone, so that nobody's record depends on who came before."""
    # Repeatable invention is wanted here, not secrecy.
    return Random(f"{seed}/{index}")  # noqa: S311


def ordinary_person(position: int, *, rng: Random, today: date) -> Person:
    """Invent the position-th ordinary person, counted from 0: any age from under one year to 95."""
    group = rng.choices(NAME_GROUPS, weights=[group.share for group in NAME_GROUPS])[0]
    gender = rng.choice(("female", "male"))
    born = today - timedelta(days=_age_in_days(rng))
    adult = (today - born).days >= 18 * 365
    return Person(
        index=FIRST_ORDINARY_INDEX + position,
        title=_title(gender, adult=adult, rng=rng),
        given=rng.choice(group.female if gender == "female" else group.male),
        family=rng.choice(group.family),
        gender=gender,
        birth_date=born,
        ethnic_code=group.ethnic_code,
        ethnic_category=group.ethnic_category,
        language=group.language if rng.random() < 0.3 else ("en", "English"),
    )


def _age_in_days(rng: Random) -> int:
    # People who use health and care are older than the town they live in.
    youngest, oldest = rng.choices(((0, 17), (18, 44), (45, 64), (65, 95)), weights=(14, 26, 28, 32))[0]
    return rng.randint(youngest * 365 + 40, oldest * 365)


def _title(gender: str, *, adult: bool, rng: Random) -> str:
    if not adult:
        return "Miss" if gender == "female" else "Master"
    return rng.choice(("Mrs", "Ms", "Miss")) if gender == "female" else "Mr"
