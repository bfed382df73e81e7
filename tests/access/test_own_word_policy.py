"""The policy of claims and emergencies: times that end, and roles that are written as national codes."""

import msgspec
import pytest

from lhcr.access.policy import area_policy, baseline_policy
from lhcr.nhs.roles import Role


@pytest.mark.parametrize(
    "replaced",
    [
        {"claims": {"roles": ["R8000"], "hours": 0}},
        {"claims": {"roles": ["R8000"], "hours": 169}},
        {"claims": {"roles": ["Doctor"], "hours": 8}},
        {"claims": {"roles": ["R8000"]}},
        {"emergency": {"minutes": 0}},
        {"emergency": {"minutes": 1_441}},
        {"emergency": {"minutes": 30, "hours": 1}},
    ],
)
def test_hazard_a_policy_by_which_a_word_would_never_end_is_refused(replaced: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        area_policy(msgspec.json.encode(replaced))


def test_in_the_baseline_nobody_claims_who_reads_nothing_clinical() -> None:
    claims = baseline_policy().file.claims
    assert {Role.RECEPTIONIST.code, Role.CLERICAL.code, Role.STUDENT.code}.isdisjoint(claims.roles)
    assert Role.CLINICAL_PRACTITIONER.code in claims.roles
