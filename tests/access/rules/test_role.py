"""Specification of the rule of roles: what a role's activities cover, whoever it is about."""

from dataclasses import replace
from typing import Final

import pytest
from tests.access.rules.asked import CAST, DIRECTORY, able, asked

from lhcr.access.request import Interaction
from lhcr.access.rules.role import judge
from lhcr.access.verdict import VerdictKind
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.nhs.roles import Activity

READS: Final = [each for each in Interaction if not each.writes and each.value not in {"trace", "audit-read", "order"}]
WRITES: Final = [each for each in Interaction if each.writes]


@pytest.mark.parametrize("kind", [PrincipalKind.PROFESSIONAL, PrincipalKind.OFFICE])
def test_a_trace_needs_the_activity_of_viewing_demographics_and_nothing_else(kind: PrincipalKind) -> None:
    asker = CAST.gp if kind is PrincipalKind.PROFESSIONAL else CAST.office
    seen = judge(asked(able(asker, Activity.VIEW_DEMOGRAPHICS), Interaction.TRACE, None, person=None))
    assert (seen.kind, seen.own_only) == (VerdictKind.PERMIT, False)
    others = set(Activity) - {Activity.VIEW_DEMOGRAPHICS}
    refused = judge(asked(able(asker, *others), Interaction.TRACE, None, person=None))
    assert (refused.kind, refused.rule) == (VerdictKind.DENY_ALWAYS, "role")
    assert refused.reason == "Tracing a person needs a role that may view demographics."


def test_hazard_who_runs_the_area_sees_nobody_whatever_their_token_claims() -> None:
    """Hazard: an account that keeps the machines running finds addresses, or reads who was seen by whom."""
    claiming = able(CAST.operator, *Activity)
    for interaction in (Interaction.TRACE, Interaction.AUDIT_READ):
        refused = judge(asked(claiming, interaction, None, person=None))
        assert (refused.kind, refused.rule) == (VerdictKind.DENY_ALWAYS, "role")
        assert refused.reason == "Those who run the area see nobody, neither in the record nor in the log."


def test_hazard_a_professional_who_names_no_organisation_traces_nobody() -> None:
    """Hazard: the log could not say from where somebody was looked for, so that nobody could be asked why."""
    homeless = replace(CAST.gp, organisation="")
    refused = judge(asked(homeless, Interaction.TRACE, None, person=None))
    assert refused.kind is VerdictKind.DENY_ALWAYS
    assert refused.reason == "Tracing a person needs a token that names the organisation."


def test_a_system_traces_only_among_what_its_own_organisation_contributed() -> None:
    verdict = judge(asked(able(CAST.system, Activity.VIEW_DEMOGRAPHICS), Interaction.TRACE, None, person=None))
    assert (verdict.kind, verdict.own_only) == (VerdictKind.PERMIT, True)


def test_a_citizen_traces_nobody() -> None:
    """Hazard: wrong person. Whoever could search the index of people could find anybody's address."""
    assert judge(asked(CAST.citizen, Interaction.TRACE, None, person=None)).kind is VerdictKind.DENY_ALWAYS


def test_the_log_is_read_by_those_who_may_view_logs_and_by_no_clinician() -> None:
    assert judge(asked(CAST.office, Interaction.AUDIT_READ, None)).kind is VerdictKind.PERMIT
    for asker in (CAST.gp, CAST.receptionist, CAST.system):
        refused = judge(asked(asker, Interaction.AUDIT_READ, None))
        assert refused.kind is VerdictKind.DENY_ALWAYS
        assert refused.reason == "Reading the log needs a role that may view logs."


def test_who_looked_at_a_citizens_record_is_for_the_rule_of_their_own_record_to_say() -> None:
    assert judge(asked(CAST.citizen, Interaction.AUDIT_READ, None)).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize("asker", CAST.everyone, ids=lambda asker: asker.token_id)
@pytest.mark.parametrize("interaction", READS)
def test_the_directory_is_open_to_everyone_who_is_signed_in(asker: Principal, interaction: Interaction) -> None:
    assert judge(asked(asker, interaction, "Organization", person=DIRECTORY)).kind is VerdictKind.PERMIT


@pytest.mark.parametrize("interaction", READS)
def test_reading_an_uncovered_kind_of_entry_is_refused_whoever_it_is_about(interaction: Interaction) -> None:
    for asker in (CAST.receptionist, CAST.office, CAST.operator):
        for person in (7, None):
            refused = judge(asked(asker, interaction, "Observation", person=person))
            assert refused.kind is VerdictKind.DENY_ALWAYS
            assert refused.reason == "The role does not cover reading this kind of entry."


def test_a_covered_kind_of_entry_is_left_to_the_other_rules() -> None:
    assert judge(asked(CAST.gp)).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.citizen)).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.receptionist, type_="Patient")).kind is VerdictKind.ABSTAIN


def test_a_type_of_several_categories_is_covered_where_one_of_them_is() -> None:
    """An Observation may be a result, a procedure or an observation: which rows are shown, the scope then says."""
    assert judge(asked(CAST.gp, type_="Observation")).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.gp, type_="Encounter")).kind is VerdictKind.DENY_ALWAYS


def test_a_request_over_all_types_needs_a_role_that_covers_any() -> None:
    assert judge(asked(CAST.receptionist, Interaction.EVERYTHING, None)).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.operator, Interaction.EVERYTHING, None)).kind is VerdictKind.DENY_ALWAYS


def test_products_are_open_to_whoever_reads_clinical_entries_and_to_nobody_at_a_desk() -> None:
    assert judge(asked(CAST.gp, type_="Medication", person=None)).kind is VerdictKind.PERMIT
    assert judge(asked(CAST.citizen, type_="Medication", person=None)).kind is VerdictKind.PERMIT
    assert judge(asked(CAST.receptionist, type_="Medication", person=None)).kind is VerdictKind.DENY_ALWAYS


@pytest.mark.parametrize("interaction", WRITES)
def test_writing_is_covered_by_role_for_clinical_entries_and_by_activity_for_demographics(
    interaction: Interaction,
) -> None:
    assert judge(asked(CAST.gp, interaction, "Observation")).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.receptionist, interaction, "Patient")).kind is VerdictKind.ABSTAIN
    for asker, type_ in ((CAST.receptionist, "Observation"), (CAST.student, "Observation"), (CAST.gp, "Encounter")):
        refused = judge(asked(asker, interaction, type_))
        assert refused.kind is VerdictKind.DENY_ALWAYS
        assert refused.reason == "The role does not cover writing this kind of entry."


@pytest.mark.parametrize("interaction", WRITES)
@pytest.mark.parametrize("asker", [CAST.citizen, CAST.office, CAST.operator], ids=lambda asker: asker.token_id)
def test_citizens_offices_and_operators_write_nothing_whatever_their_token_claims(
    asker: Principal, interaction: Interaction
) -> None:
    armed = able(asker, *Activity)
    for type_ in ("Patient", "Observation", "Organization", "Medication", None):
        assert judge(asked(armed, interaction, type_)).kind is VerdictKind.DENY_ALWAYS


def test_a_write_without_a_type_is_refused() -> None:
    assert judge(asked(CAST.gp, Interaction.CREATE, None)).kind is VerdictKind.DENY_ALWAYS


def test_what_a_system_reads_and_writes_is_not_decided_by_a_role() -> None:
    for interaction in (Interaction.SEARCH, Interaction.CREATE):
        verdict = judge(asked(able(CAST.system, *Activity), interaction))
        assert verdict.kind is VerdictKind.ABSTAIN
