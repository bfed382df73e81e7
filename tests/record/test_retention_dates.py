"""Until when an entry is kept, beside an oracle that counts birthdays one by one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.errors import Incorrect
from lhcr.record.retention_dates import Forever, Life, Unknown, add_years, age_on, kept_until, latest_day, life_of
from lhcr.record.retention_policy import RetentionRule, read_retention_policy

POLICY = read_retention_policy(None)
GP, MATERNITY, CARE = POLICY.rules
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def birthdays(birth: date) -> list[date]:
    """The oracle: every birthday, 1 March standing for a 29 February that is not there."""
    found = []
    for year in range(birth.year, birth.year + 230):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        missing = (birth.month, birth.day) == (2, 29) and not leap
        found.append(date(year, 3, 1) if missing else date(year, birth.month, birth.day))
    return found


@given(DAYS, DAYS)
def test_a_childs_entries_are_kept_until_the_25th_birthday_or_the_26th_and_an_adults_for_eight_years(
    birth: date, last: date
) -> None:
    if last < birth:
        birth, last = last, birth
    celebrated = birthdays(birth)
    age = sum(day <= last for day in celebrated) - 1
    assert age_on(birth, last) == age
    until = kept_until(CARE, last_entry=last, life=Life(births=(birth,)))
    expected = birthdays(last)[8] if age >= 18 else celebrated[26 if age == 17 else 25]
    assert until == expected
    assert isinstance(until, date)
    assert until >= birthdays(last)[8] - timedelta(days=1), "nothing is kept for less than an adult's would be"


@given(DAYS, DAYS, st.lists(DAYS, max_size=3))
def test_of_several_births_none_gives_more_than_the_latest(last: date, birth: date, others: list[date]) -> None:
    """Hazard: disposed of too early, because one source mistyped the year in which somebody was born."""
    alone = kept_until(CARE, last_entry=last, life=Life(births=(max([birth, *others]),)))
    assert kept_until(CARE, last_entry=last, life=Life(births=(birth, *others))) == alone


@given(DAYS, DAYS)
def test_a_gp_record_is_kept_for_ten_years_after_death_and_while_somebody_lives(last: date, death: date) -> None:
    assert kept_until(GP, last_entry=last, life=Life(deaths=(death,), is_dead=True)) == birthdays(death)[10]
    assert kept_until(GP, last_entry=last, life=Life()) is Forever.ALIVE
    assert kept_until(GP, last_entry=last, life=Life(is_dead=True)) is Unknown.DEATH


@given(DAYS)
def test_maternity_records_are_kept_for_25_years_whatever_the_birth(last: date) -> None:
    assert kept_until(MATERNITY, last_entry=last, life=Life()) == birthdays(last)[25]


def test_hazard_of_somebody_whose_birth_is_not_known_nothing_is_ever_due() -> None:
    assert kept_until(CARE, last_entry=date(1950, 1, 1), life=Life()) is Unknown.BIRTH


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2000", date(2000, 12, 31)),
        ("2000-02", date(2000, 2, 29)),
        ("2001-02", date(2001, 2, 28)),
        ("2000-02-03", date(2000, 2, 3)),
        ("2000-02-03T10:00:00Z", date(2000, 2, 3)),
        ("2000-13", None),
        ("2001-02-29", None),
        ("0000", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_date_in_part_means_its_last_day(written: object, day: date | None) -> None:
    assert latest_day(written) == day


def test_a_life_is_read_from_all_that_sources_say() -> None:
    life = life_of([{"birthDate": "2000"}, {"birthDate": "bad", "deceasedBoolean": True}, {"birthDate": "1999-01-01"}])
    assert life == Life(births=(date(2000, 12, 31), date(1999, 1, 1)), is_dead=True)
    assert life_of([{"_deceasedDateTime": {"extension": []}}]).is_dead


def test_a_rule_is_about_sources_and_kinds() -> None:
    assert POLICY.rule_of("A81001", "result") is GP
    assert POLICY.rule_of("RRE", "result") is CARE
    assert not MATERNITY.is_about("RRE", "result")
    own = RetentionRule(
        key="x", basis="a basis in words", sources=["RRE"], categories=["document"], years_after_death=1
    )
    assert [own.is_about(*asked) for asked in (("RRE", "document"), ("RRE", "result"), ("RREX", "document"))] == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [
        b'{"key":"x","basis":"a basis in words","sources":[".*"],"categories":[]}',
        b'{"key":"x","basis":"a basis in words","sources":[".*"],"categories":[],"years_after_death":0}',
        b'{"key":"x","basis":"a basis in words","sources":["("],"categories":[],"years_after_death":1}',
        b'{"key":"x","basis":"","sources":[".*"],"categories":[],"years_after_death":1}',
        b'{"key":"x","basis":"a basis in words","sources":[],"categories":[],"years_after_last_entry":1,"child_until_birthday":1}',
        b"{",
    ],
)
def test_hazard_a_policy_that_is_not_understood_disposes_of_nothing(rule: bytes) -> None:
    with pytest.raises(Incorrect):
        read_retention_policy(b'{"name":"x","settled":true,"rules":[' + rule + b"]}")


def test_years_are_added_to_the_day() -> None:
    assert add_years(date(2000, 2, 29), 8) == date(2008, 2, 29)
    assert add_years(date(2000, 2, 29), 25) == date(2025, 3, 1)
