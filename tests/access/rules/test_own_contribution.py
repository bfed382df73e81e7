"""Specification of the rule of own contributions: an organisation's entries are its own, and open nothing else."""

from dataclasses import replace

import pytest
from tests.access.rules.asked import BUCKET, CAST, DIRECTORY, ENDED, IN_FORCE, asked

from lhcr.access.request import UNKNOWN, AskedPerson, Interaction
from lhcr.access.rules.own_contribution import judge
from lhcr.access.verdict import VerdictKind
from lhcr.identity.principal import Principal

CLINICAL = [each for each in Interaction if each.value not in {"trace", "audit-read", "order"}]
READS = [each for each in CLINICAL if not each.writes]
WRITES = [each for each in CLINICAL if each.writes]


@pytest.mark.parametrize("interaction", Interaction)
@pytest.mark.parametrize("asker", CAST.everyone, ids=lambda asker: asker.token_id)
@pytest.mark.parametrize("person", [None, UNKNOWN, 7, BUCKET, DIRECTORY])
def test_hazard_whatever_this_rule_permits_reaches_own_contributions_alone(
    asker: Principal, interaction: Interaction, person: AskedPerson
) -> None:
    for ties in ({}, {"contribution": IN_FORCE}, {"contribution": ENDED}, {"registration": IN_FORCE}):
        verdict = judge(asked(asker, interaction, person=person, ties=ties))
        assert verdict.kind is not VerdictKind.PERMIT or verdict.own_only


@pytest.mark.parametrize("asker", [CAST.citizen, CAST.office, CAST.operator], ids=lambda asker: asker.token_id)
def test_the_rule_is_silent_about_those_who_contribute_nothing(asker: Principal) -> None:
    for interaction in Interaction:
        assert judge(asked(asker, interaction, ties={"contribution": IN_FORCE})).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize("interaction", [Interaction.TRACE, Interaction.AUDIT_READ])
def test_traces_and_the_log_are_not_opened_by_contributing(interaction: Interaction) -> None:
    for asker in (CAST.gp, CAST.system):
        assert judge(asked(asker, interaction, ties={"contribution": IN_FORCE})).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize("interaction", CLINICAL)
@pytest.mark.parametrize("asker", [CAST.gp, CAST.system], ids=lambda asker: asker.token_id)
def test_nobody_contributes_without_saying_for_which_organisation(asker: Principal, interaction: Interaction) -> None:
    refused = judge(asked(replace(asker, organisation=""), interaction))
    assert (refused.kind, refused.rule) == (VerdictKind.DENY_ALWAYS, "own-contribution")
    assert refused.reason == "The token names no organisation, and who contributes must be known."


@pytest.mark.parametrize("interaction", CLINICAL)
@pytest.mark.parametrize("person", [None, UNKNOWN, 7, BUCKET, DIRECTORY])
def test_a_system_is_told_the_same_whether_or_not_the_person_is_here(
    interaction: Interaction, person: AskedPerson
) -> None:
    verdicts = {judge(asked(CAST.system, interaction, person=each)) for each in (person, UNKNOWN)}
    assert len(verdicts) == 1


@pytest.mark.parametrize("interaction", READS)
def test_a_professional_reads_by_it_only_where_the_organisation_contributed(interaction: Interaction) -> None:
    assert judge(asked(CAST.gp, interaction)).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.gp, interaction, ties={"registration": IN_FORCE})).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.gp, interaction, ties={"contribution": IN_FORCE})).kind is VerdictKind.PERMIT
    # What the organisation wrote stays its own when the tie that came with it has ended.
    assert judge(asked(CAST.gp, interaction, ties={"contribution": ENDED})).kind is VerdictKind.PERMIT


@pytest.mark.parametrize("interaction", READS)
def test_a_read_that_names_nobody_is_not_permitted_by_it(interaction: Interaction) -> None:
    assert judge(asked(CAST.gp, interaction, person=None)).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.gp, interaction, "Organization", person=DIRECTORY)).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize("interaction", WRITES)
def test_a_new_contribution_that_names_nobody_yet_is_the_organisations_own(interaction: Interaction) -> None:
    assert judge(asked(CAST.gp, interaction, "Patient", person=None)).kind is VerdictKind.PERMIT


@pytest.mark.parametrize("interaction", WRITES)
def test_a_write_about_a_named_person_needs_more_than_this_rule(interaction: Interaction) -> None:
    for person in (7, UNKNOWN):
        assert judge(asked(CAST.gp, interaction, person=person)).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize("interaction", CLINICAL)
def test_entries_about_nobody_are_open_to_the_organisation_that_contributed_them(interaction: Interaction) -> None:
    assert judge(asked(CAST.gp, interaction, "Binary", person=BUCKET)).kind is VerdictKind.PERMIT
