"""Ages at which a parent's say ends and people's own begins, to the day, whatever year it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lhcr.access.competence import OF_UNKNOWN_AGE, Born, birthday, competence_of
from lhcr.access.policy import baseline_policy
from lhcr.access.proxy_policy import ProxyPolicy

LONDON = ZoneInfo("Europe/London")
POLICY: ProxyPolicy = baseline_policy().file.proxies
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
MOMENTS = st.integers(0, 20 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def age_on(born: date, today: date) -> int:
    """Count years as anybody does: one less before this year's birthday."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@given(DAYS, st.integers(0, 25), st.integers(-2, 2))
@example(date(2008, 2, 29), 16, 0)
@example(date(2008, 2, 29), 11, -1)
@example(date(2008, 2, 29), 11, 0)
@example(date(1900, 3, 1), 25, 0)
@example(date(2000, 2, 29), 0, 0)
def test_a_birthday_is_the_first_day_on_which_somebody_is_so_old(born: date, age: int, days: int) -> None:
    begins = birthday(born, age)
    today = begins.astimezone(LONDON).date() + timedelta(days=days)
    assert (age_on(born, today) >= age) is (days >= 0)
    assert begins.astimezone(LONDON).timetz().replace(tzinfo=None) == datetime.min.time()


@given(DAYS, st.integers(0, 400), MOMENTS)
def test_of_two_dates_the_one_counts_that_gives_less(first: date, apart: int, now: datetime) -> None:
    """Hazard: a sensitive item exposed to a parent, by the mistake of one source about how young somebody is."""
    last = first + timedelta(days=apart)
    today = now.astimezone(LONDON).date()
    found = competence_of(Born(earliest=first, latest=last), policy=POLICY, now=now)
    assert found.parents_may is (age_on(first, today) < POLICY.parental.until_age)
    assert found.person_may is (age_on(last, today) >= POLICY.own_record_from_age)


@given(DAYS, st.integers(0, 400), MOMENTS)
def test_nothing_changes_before_the_instant_that_is_told_and_something_does_then(
    first: date, apart: int, now: datetime
) -> None:
    born = Born(earliest=first, latest=first + timedelta(days=apart))
    found = competence_of(born, policy=POLICY, now=now)
    if found.changes is None:
        later = competence_of(born, policy=POLICY, now=now + timedelta(days=40_000))
        assert (later.parents_may, later.person_may) == (found.parents_may, found.person_may)
        return
    last = competence_of(born, policy=POLICY, now=found.changes - timedelta(microseconds=1))
    then = competence_of(born, policy=POLICY, now=found.changes)
    assert (last.parents_may, last.person_may) == (found.parents_may, found.person_may)
    assert (then.parents_may, then.person_may) != (found.parents_may, found.person_may)


@pytest.mark.parametrize("at", ["2026-07-14T22:59:59", "2026-07-14T23:00:00"])
def test_a_birthday_in_summer_begins_at_midnight_here_and_not_in_greenwich(at: str) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    born = Born(earliest=date(2026 - POLICY.parental.until_age, 7, 15), latest=date(2015, 7, 15))
    assert competence_of(born, policy=POLICY, now=now).parents_may is (at < "2026-07-14T23:00:00")


def test_hazard_wrong_person_of_unknown_age_nobody_is_a_child_who_has_parents() -> None:
    assert competence_of(None, policy=POLICY, now=datetime.now(UTC)) == OF_UNKNOWN_AGE
    assert (OF_UNKNOWN_AGE.parents_may, OF_UNKNOWN_AGE.person_may) == (False, True)


def test_the_last_year_there_is_breaks_nothing() -> None:
    assert birthday(date(9999, 12, 30), 25) <= datetime(9999, 12, 30, tzinfo=UTC)
