"""The sections on how the asker stands to the person: own contribution, own record, relationship, claims and emergencies."""

from datetime import date
from typing import Final

from tests.access.second_reader.area import Area
from tests.access.second_reader.asked import ABSTAIN, APART, LIFTABLE, PERMIT, PERMIT_OWN, REFUSE, Asked, Standing
from tests.access.second_reader.subject import is_about_nobody, names_somebody
from tests.access.second_reader.token_rules import GRANTABLE

#: Half past midnight in London on this day, while the clocks of UTC still show the day before.
TODAY: Final = date(2026, 7, 1)
#: A fact of one of these kinds ties the asker's organisation to the person.
TIES: Final = (
    *("registration", "encounter", "episode", "referral", "appointment", "caseload", "prescription", "dispensing"),
    *("nominated-pharmacy", "contribution"),
)


def own_contribution(asked: Asked, _: Area) -> str:
    """Of systems everything, of professionals new entries, the shelf and whom they contributed to: among their own alone."""
    asker, person = asked.asker, asked.standing.person
    if asker.kind not in {"system", "professional"} or asked.interaction in APART:
        return ABSTAIN
    if not asker.organisation:
        return REFUSE
    names_nobody = asked.writes and not names_somebody(asked)
    contributed = person == "known" and asked.standing.ever("contribution")
    return PERMIT_OWN if asker.kind == "system" or names_nobody or person == "shelf" or contributed else ABSTAIN


def own_record(asked: Asked, area: Area) -> str:
    """Citizens write nothing, and open their own record and those for which they are a proxy, by the ages of the area."""
    if asked.asker.kind != "citizen" or is_about_nobody(asked):
        return ABSTAIN
    return PERMIT if not asked.writes and opens_as_citizen(asked.standing, area) else REFUSE


def opens_as_citizen(standing: Standing, area: Area) -> bool:
    """Themself or one appointed where the person is old enough, a parent where they are young enough."""
    return (standing.in_force("self") and is_old_enough(standing, area)) or is_proxy(standing, area)


def is_proxy(standing: Standing, area: Area) -> bool:
    """By appointment of who is old enough, by parental responsibility of who is young enough."""
    appointed = standing.in_force("proxy") and is_old_enough(standing, area)
    return appointed or (standing.in_force("parent") and is_young_enough(standing, area))


def is_old_enough(standing: Standing, area: Area) -> bool:
    """By the latest date that is told; where none is, nothing says that they are a child."""
    days = [latest for _, latest in _told(standing)]
    return not days or _birthday(max(days), area.own_from) <= TODAY


def is_young_enough(standing: Standing, area: Area) -> bool:
    """By the earliest date that is told; where none is, no parent opens the record."""
    days = [earliest for earliest, _ in _told(standing)]
    return bool(days) and _birthday(min(days), area.parent_until) > TODAY


def _told(standing: Standing) -> list[tuple[date, date]]:
    """A month or a year alone is any of its days; a day to come is no word at all."""
    return [found for found in map(_days, standing.births) if found[0] <= TODAY]


def _days(told: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{told}-01-01"[:10] if len(told) == len("2010") else f"{told}-01"[:10])
    if len(told) == len("2010"):
        return first, date(first.year, 12, 31)
    if len(told) == len("2010-01"):
        days = [date.fromordinal(first.toordinal() + each) for each in range(31)]
        return first, max(each for each in days if each.month == first.month)
    return first, first


def _birthday(born: date, age: int) -> date:
    """Who was born on 29 February has their birthday on 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def relationship(asked: Asked, area: Area) -> str:
    """A fact or an own claim in force permits; having contributed once abstains; strangers are refused unless in an emergency."""
    standing = asked.standing
    if asked.asker.kind != "professional" or asked.interaction in APART or is_about_nobody(asked):
        return ABSTAIN
    if standing.person == "shelf":
        return ABSTAIN
    if not names_somebody(asked):
        return ABSTAIN if asked.writes else REFUSE
    if standing.person == "unknown":
        return LIFTABLE
    if standing.in_force(*TIES) or claim_counts(asked, area):
        return PERMIT
    return ABSTAIN if standing.ever("contribution") and not in_emergency(asked) else LIFTABLE


def claim_counts(asked: Asked, area: Area) -> bool:
    """In force, their own, for the area's roles, with organisation and name, and a way of signing in that may grant it."""
    asker = asked.asker
    who = asker.kind == "professional" and asker.role in area.claim_roles and bool(asker.organisation and asker.user)
    return who and "claim-relationship" in GRANTABLE[asker.way] and asked.standing.in_force("claimed")


def in_emergency(asked: Asked) -> bool:
    """A session in force about this person, of a professional who may begin one, and the purpose of emergency treatment."""
    asker, standing = asked.asker, asked.standing
    may = asker.kind == "professional" and "B0168" in asker.activities and "B0168" in GRANTABLE[asker.way]
    begun = standing.person == "known" and standing.in_force("emergency")
    return may and bool(asker.organisation and asker.user) and begun and asker.purpose == "ETREAT"
