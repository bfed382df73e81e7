"""Specification of the rule of purposes: each kind of asker comes for the purposes that policy gives its kind."""

from dataclasses import replace

import pytest
from tests.access.rules.asked import CAST, asked

from lhcr.access.rules.purpose import judge
from lhcr.access.verdict import VerdictKind
from lhcr.identity.principal import Principal
from lhcr.nhs.purposes import Purpose


def coming_for(asker: Principal, purpose: Purpose) -> Principal:
    return replace(asker, purposes=(purpose,), purpose=purpose)


@pytest.mark.parametrize(("asker", "fits"), [(CAST.gp, Purpose.TREATMENT), (CAST.citizen, Purpose.PATIENT_REQUEST)])
def test_only_the_purposes_of_a_kind_of_asker_pass(asker: Principal, fits: Purpose) -> None:
    for purpose in Purpose:
        kind = judge(asked(coming_for(asker, purpose))).kind
        assert kind is (VerdictKind.ABSTAIN if purpose is fits else VerdictKind.DENY_ALWAYS), purpose


def test_a_purpose_that_does_not_fit_is_refused_by_its_code() -> None:
    refused = judge(asked(coming_for(CAST.gp, Purpose.RESEARCH)))
    assert refused.rule == "purpose"
    assert refused.reason == "The purpose HRESCH gives this kind of asker no access."


def test_emergency_treatment_is_refused_even_where_policy_lists_it() -> None:
    """Hazard: a token that could choose emergencies for itself would lift every objection without a review."""
    refused = judge(asked(coming_for(CAST.gp, Purpose.EMERGENCY_TREATMENT)))
    assert refused.kind is VerdictKind.DENY_ALWAYS
    assert refused.reason == "Emergency treatment is a purpose only inside a recorded emergency session."


@pytest.mark.parametrize("asker", [CAST.office, CAST.operator, CAST.system], ids=lambda asker: asker.token_id)
def test_a_kind_of_asker_that_policy_does_not_name_has_no_purpose_that_fits(asker: Principal) -> None:
    for purpose in Purpose:
        assert judge(asked(coming_for(asker, purpose))).kind is VerdictKind.DENY_ALWAYS


def test_a_purpose_alone_never_permits() -> None:
    kinds = {judge(asked(coming_for(asker, purpose))).kind for asker in CAST.everyone for purpose in Purpose}
    assert kinds == {VerdictKind.ABSTAIN, VerdictKind.DENY_ALWAYS}
