"""Coverage: what roles and activities let somebody read or write, whoever it is about."""

from dataclasses import replace

import msgspec
import pytest
from tests.access.rules.asked import CAST, CLINICAL, POLICY, able

from lhcr.access.coverage import readable_categories, withheld_kinds, writable_categories
from lhcr.access.policy import Policy
from lhcr.identity.principal import Principal
from lhcr.nhs.roles import Activity


def test_somebody_with_several_activities_reads_what_any_of_them_covers() -> None:
    both = able(CAST.gp, Activity.VIEW_DEMOGRAPHICS, Activity.VIEW_GP_SUMMARY)
    assert readable_categories(both, policy=POLICY) == {"demographics", *CLINICAL}
    assert readable_categories(able(CAST.gp, Activity.VIEW_DEMOGRAPHICS), policy=POLICY) == {"demographics"}


@pytest.mark.parametrize("activities", [(), (Activity.EMERGENCY_ACCESS, Activity.VIEW_LOGS, Activity.LEGAL_ACCESS)])
def test_an_activity_that_policy_gives_nothing_covers_nothing(activities: tuple[Activity, ...]) -> None:
    assert readable_categories(able(CAST.gp, *activities), policy=POLICY) == frozenset()


def test_what_a_citizen_reads_is_policys_to_say_and_no_activity_adds_to_it() -> None:
    told = readable_categories(CAST.citizen, policy=POLICY)
    assert told == readable_categories(able(CAST.citizen, *Activity), policy=POLICY) == {"demographics", *CLINICAL}


def test_a_professional_writes_what_role_and_activities_cover_together() -> None:
    assert writable_categories(CAST.gp, policy=POLICY) == {"demographics", "directory", *CLINICAL}
    assert writable_categories(replace(CAST.gp, role_code="R8004"), policy=POLICY) == {"demographics"}
    assert writable_categories(able(replace(CAST.gp, role_code="R8004")), policy=POLICY) == frozenset()


@pytest.mark.parametrize(
    "asker", [CAST.citizen, CAST.office, CAST.operator, CAST.system], ids=lambda asker: asker.token_id
)
def test_nobody_but_a_professional_writes_by_role(asker: Principal) -> None:
    """Hazard: a token that names a clinical role for an operator or a citizen."""
    armed = able(replace(asker, role_code="R8000"), *Activity)
    assert writable_categories(armed, policy=POLICY) == frozenset()


def test_what_is_withheld_is_named_as_fhir_names_it() -> None:
    """Nobody who writes against the API knows the names of a policy's categories."""
    social_worker = replace(CAST.gp, occupation="social-worker")
    told = withheld_kinds(social_worker, ("Specimen", "Observation", "Condition", "Organization"), policy=POLICY)
    assert told == ("Observation (category exam, imaging, laboratory or vital-signs)", "Specimen")
    receptionist = able(CAST.gp, Activity.VIEW_DEMOGRAPHICS)
    assert withheld_kinds(receptionist, ("Patient", "Observation"), policy=POLICY) == ("Observation",)
    everything = withheld_kinds(receptionist, (), policy=POLICY)
    assert {"Basic", "ClinicalImpression", "Encounter"} <= {*everything}
    assert {"Patient", "Organization", "Parameters"}.isdisjoint(everything)
    assert withheld_kinds(CAST.system, (), policy=POLICY) == ()


def test_a_type_whose_own_category_alone_is_withheld_says_which_entries_are_shown() -> None:
    file = msgspec.structs.replace(POLICY.file, reads_by_occupation={"social-worker": ["result", "demographics"]})
    told = withheld_kinds(replace(CAST.gp, occupation="social-worker"), ("Observation",), policy=Policy(file=file))
    assert told == ("Observation (but for category imaging or laboratory)",)
