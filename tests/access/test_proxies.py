"""Whose word is taken on who may act for a person, and whose is not."""

from dataclasses import replace
from typing import Any

import pytest
from tests.access.conftest import GP, Cast

from lhcr.access.policy import area_policy
from lhcr.access.proxies import may_name_proxies
from lhcr.identity.principal import Principal
from lhcr.nhs.roles import Activity, Role, activities_of

TRUSTING = area_policy(b'{"proxy_sources": ["A81001"]}')


def test_a_trusted_practices_system_and_its_clinicians_name_proxies(cast: Cast) -> None:
    assert may_name_proxies(cast.gp, policy=TRUSTING)
    assert may_name_proxies(cast.system, policy=TRUSTING)


def test_hazard_record_opened_to_a_stranger_who_only_amends_demographics_names_nobody(cast: Cast) -> None:
    others = (cast.receptionist, cast.student, cast.citizen, cast.office, cast.operator)
    assert [may_name_proxies(each, policy=TRUSTING) for each in others] == [False] * len(others)


@pytest.mark.parametrize("kind", ["gp", "system"])
def test_nobody_of_an_organisation_that_the_policy_does_not_name_names_proxies(cast: Cast, kind: str) -> None:
    asker: Principal = getattr(cast, kind)
    assert not may_name_proxies(replace(asker, organisation="RRE"), policy=TRUSTING)
    assert not may_name_proxies(asker, policy=area_policy(None))


@pytest.mark.parametrize("role", list(Role))
def test_hazard_record_opened_to_a_stranger_no_role_names_a_proxy_of_what_it_does_not_read(role: Role) -> None:
    asker = replace(GP, role_code=role.code, activities=activities_of(role))
    needed = {Activity.VIEW_GP_SUMMARY, Activity.AMEND_DEMOGRAPHICS}
    assert may_name_proxies(asker, policy=TRUSTING) is (needed <= asker.activities)


@pytest.mark.parametrize(
    "narrower",
    [
        {"occupation": "pharmacy-technician"},
        {"occupation": "social-worker"},
        {"activities": frozenset({Activity.AMEND_DEMOGRAPHICS})},
        {"activities": frozenset({Activity.VIEW_GP_SUMMARY})},
        {"scopes": ("user/RelatedPerson.cruds",)},
        {"scopes": ("user/*.c",)},
    ],
)
def test_who_reads_less_than_a_proxy_would_does_not_name_one(narrower: dict[str, Any]) -> None:
    assert not may_name_proxies(replace(GP, **narrower), policy=TRUSTING)


def test_an_app_that_may_read_everything_takes_nothing_away() -> None:
    assert may_name_proxies(replace(GP, scopes=("user/*.cruds",)), policy=TRUSTING)


def test_an_area_may_leave_it_to_systems_alone(cast: Cast) -> None:
    systems_only = area_policy(b'{"proxy_sources": ["A81001"], "proxy_activities": []}')
    assert may_name_proxies(cast.system, policy=systems_only)
    assert not may_name_proxies(cast.gp, policy=systems_only)
