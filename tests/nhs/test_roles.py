"""Specification of roles and activities."""

import pytest

from lhcr.kernel.errors import Incorrect
from lhcr.nhs.roles import BASELINE, OCCUPATIONS, Activity, Role, activities_of


def test_each_role_has_a_line_in_the_baseline_policy() -> None:
    assert set(BASELINE) == set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_found_by_its_code(role: Role) -> None:
    assert Role.parse(role.code) is role


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(Incorrect):
        Role.parse("R9999")


def test_whoever_may_amend_demographics_may_see_them() -> None:
    assert Activity.VIEW_DEMOGRAPHICS in activities_of(Role.RECEPTIONIST)


def test_a_receptionist_sees_demographics_and_nothing_clinical() -> None:
    assert activities_of(Role.RECEPTIONIST) == {Activity.VIEW_DEMOGRAPHICS, Activity.AMEND_DEMOGRAPHICS}


def test_those_who_run_systems_see_no_person() -> None:
    assert activities_of(Role.SYSTEMS_SUPPORT) == frozenset()


def test_only_oversight_sees_logs_and_oversight_sees_no_clinical_content() -> None:
    seers = {role for role in Role if Activity.VIEW_LOGS in activities_of(role)}
    assert seers == {Role.PRIVACY_OFFICER, Role.CALDICOTT_GUARDIAN}
    assert all(Activity.VIEW_GP_SUMMARY not in activities_of(role) for role in seers)


def test_a_role_that_a_policy_does_not_name_may_do_nothing() -> None:
    assert activities_of(Role.NURSE, policy={}) == frozenset()


def test_an_occupation_without_a_code_of_its_own_says_which_role_stands_in() -> None:
    assert "R8003" in OCCUPATIONS["pharmacist"].remark
    assert not OCCUPATIONS["nurse"].remark


def test_no_two_roles_or_activities_share_a_code() -> None:
    codes = [role.code for role in Role] + [activity.code for activity in Activity]
    assert len(codes) == len(set(codes))
