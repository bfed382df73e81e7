"""A principal: one purpose among those of the token, and nothing of who it is in logs."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Forbidden
from lhcr.nhs.purposes import Purpose

EXPIRES = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.fixture
def principal(claims: Claims) -> Principal:
    return claims.principal(token_id="token-1", expires=EXPIRES)


def test_a_purpose_that_the_token_carries_may_be_chosen(principal: Principal) -> None:
    chosen = principal.choosing(Purpose.OPERATIONS)
    assert chosen.purpose is Purpose.OPERATIONS
    assert replace(chosen, purpose=Purpose.TREATMENT) == principal


@pytest.mark.parametrize("purpose", [each for each in Purpose if each not in {Purpose.TREATMENT, Purpose.OPERATIONS}])
def test_no_other_purpose_may_be_chosen_and_none_can_be_slipped_in(principal: Principal, purpose: Purpose) -> None:
    """Hazard: whoever could choose emergency treatment for themself would open every record."""
    with pytest.raises(Forbidden) as caught:
        principal.choosing(purpose)
    assert (caught.value.status, caught.value.issues[0].error) == (403, "purpose")
    with pytest.raises(ValueError):
        replace(principal, purpose=purpose)


@pytest.mark.parametrize("shown", [repr, str, lambda one: f"{one}", lambda one: f"{[one]}"])
def test_name_number_and_token_stay_out_of_whatever_is_printed(principal: Principal, shown: Any) -> None:
    citizen = replace(principal, kind=PrincipalKind.CITIZEN, person_nhs_number="9990000018")
    text = shown(citizen)
    for secret in ("Ada", "Fell", "9990000018", "token-1", "555000000101"):
        assert secret not in text


def test_a_principal_does_not_change_while_a_request_is_judged(principal: Principal) -> None:
    with pytest.raises(FrozenInstanceError):
        principal.organisation = "RRE"  # type: ignore[misc]


def test_the_job_is_told_by_its_own_name_where_a_national_role_only_stands_in_for_it(principal: Principal) -> None:
    assert replace(principal, occupation="pharmacist", role_display="Health Professional").job == "Pharmacist"
    assert replace(principal, occupation="", role_display="Health Professional").job == "Health Professional"
