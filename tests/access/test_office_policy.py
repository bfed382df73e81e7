"""The policy of the privacy office: hours of work by the form of an organisation's code, and what a slip in the file leads to."""

from datetime import date, time
from typing import Any

import msgspec
import pytest

from lhcr.access.office_policy import OfficePolicy
from lhcr.access.policy import area_policy, baseline_policy

MONDAY, SATURDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 7), date(2026, 3, 8)


def office(**members: Any) -> OfficePolicy:
    told = msgspec.to_builtins(baseline_policy().file.office) | members
    return area_policy(msgspec.json.encode({"office": told})).file.office


@pytest.mark.parametrize(
    ("organisation", "day", "clock", "works"),
    [
        ("A81001", MONDAY, time(7, 0), True),
        ("A81001", MONDAY, time(6, 59), False),
        ("A81001", MONDAY, time(20, 0), False),
        ("A81001", SUNDAY, time(12, 0), False),
        ("FA123", SUNDAY, time(12, 0), True),
        ("FA123", SUNDAY, time(23, 30), False),
        ("RRE", SUNDAY, time(3, 0), True),
    ],
)
def test_an_organisation_works_in_the_hours_of_its_kind_and_of_no_kind_always(
    organisation: str, day: date, clock: time, *, works: bool
) -> None:
    assert baseline_policy().file.office.works(organisation, day, clock) is works


def test_on_a_holiday_only_those_work_who_work_by_day_and_by_night() -> None:
    policy = office(holidays=[MONDAY])
    assert not policy.works("A81001", MONDAY, time(12, 0))
    assert policy.works("RRE", MONDAY, time(12, 0))


def test_a_kind_of_case_that_is_not_named_has_the_clock_of_all_others() -> None:
    policy = baseline_policy().file.office
    assert policy.due_of("emergency").working_days == 2
    assert policy.due_of("anything") == policy.due_otherwise


@pytest.mark.parametrize(
    "wrong",
    [
        {"organisations": [{"name": "x", "codes": "[", "hours": {"days": []}}]},
        {"organisations": [{"name": "x", "codes": "A", "hours": {"days": [8]}}]},
        {"organisations": [{"name": "x", "codes": "A", "hours": {"days": [1], "opens": "25:00"}}]},
        {"bulk_persons": 0},
        {"window_hours_after": -1},
        {"unknown": True},
    ],
)
def test_a_slip_in_the_file_is_refused_before_the_server_starts(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        office(**wrong)


def test_the_baseline_says_that_its_numbers_are_a_proposal() -> None:
    assert "proposal" in baseline_policy().file.office.basis
