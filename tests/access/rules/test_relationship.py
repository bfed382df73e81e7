"""Specification of the rule of legitimate relationship: facts in force now, named to nobody who has none."""

import pytest
from tests.access.rules.asked import BUCKET, CAST, DIRECTORY, ENDED, IN_FORCE, asked

from lhcr.access.request import UNKNOWN, Interaction
from lhcr.access.rules.relationship import judge
from lhcr.access.verdict import VerdictKind
from lhcr.identity.principal import Principal

CLINICAL = [each for each in Interaction if each.value not in {"trace", "audit-read", "order"}]
NOTHING = "Nothing in force ties the organisation to this person."


@pytest.mark.parametrize("interaction", CLINICAL)
@pytest.mark.parametrize("kind", ["registration", "encounter", "contribution"])
def test_a_fact_in_force_permits_and_names_its_kind(interaction: Interaction, kind: str) -> None:
    verdict = judge(asked(CAST.gp, interaction, ties={kind: IN_FORCE}))
    assert (verdict.kind, verdict.own_only) == (VerdictKind.PERMIT, False)
    assert verdict.reason == f"The organisation has a relationship with the person: {kind}."


def test_several_kinds_are_named_in_one_order_whatever_the_order_of_the_facts() -> None:
    ties = {"registration": IN_FORCE, "encounter": IN_FORCE}
    backwards = dict(reversed(ties.items()))
    verdicts = {judge(asked(CAST.gp, ties=each)) for each in (ties, backwards)}
    assert [each.reason for each in verdicts] == [
        "The organisation has a relationship with the person: encounter, registration."
    ]


@pytest.mark.parametrize("interaction", CLINICAL)
def test_a_stranger_an_ended_tie_and_a_person_who_is_not_here_are_refused_in_one_sentence(
    interaction: Interaction,
) -> None:
    """Hazard: an answer that differs would tell who has a record here, and who once was whose patient."""
    refused = {
        judge(asked(CAST.gp, interaction)),
        judge(asked(CAST.gp, interaction, person=UNKNOWN)),
        judge(asked(CAST.gp, interaction, ties={"registration": ENDED, "encounter": ENDED})),
        judge(asked(CAST.gp, interaction, ties={"self": IN_FORCE, "no-such-kind": IN_FORCE})),
    }
    (one,) = refused
    assert (one.kind, one.rule, one.reason) == (VerdictKind.DENY_UNLESS_EMERGENCY, "relationship", NOTHING)


def test_an_ended_contribution_leaves_own_contributions_to_their_own_rule() -> None:
    verdict = judge(asked(CAST.gp, ties={"contribution": ENDED, "registration": ENDED}))
    assert verdict.kind is VerdictKind.ABSTAIN


def test_an_ended_fact_beside_one_in_force_is_not_named() -> None:
    verdict = judge(asked(CAST.gp, ties={"registration": ENDED, "encounter": IN_FORCE}))
    assert verdict.reason == "The organisation has a relationship with the person: encounter."


@pytest.mark.parametrize("interaction", [each for each in CLINICAL if not each.writes])
@pytest.mark.parametrize("type_", ["Observation", "Patient", None])
def test_entries_about_people_are_read_only_by_naming_one_person(interaction: Interaction, type_: str | None) -> None:
    refused = judge(asked(CAST.gp, interaction, type_, person=None))
    assert (refused.kind, refused.rule) == (VerdictKind.DENY_ALWAYS, "person-not-named")
    assert refused.reason == "Entries about people can be asked for only by naming one person."


@pytest.mark.parametrize("interaction", [each for each in CLINICAL if each.writes])
def test_a_write_that_names_nobody_yet_is_left_to_the_rule_of_own_contributions(interaction: Interaction) -> None:
    assert judge(asked(CAST.gp, interaction, "Patient", person=None)).kind is VerdictKind.ABSTAIN


def test_the_rule_is_silent_about_what_is_about_nobody() -> None:
    for type_, person in (("Organization", DIRECTORY), ("Medication", None), ("Binary", BUCKET)):
        assert judge(asked(CAST.gp, type_=type_, person=person)).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize("interaction", [Interaction.TRACE, Interaction.AUDIT_READ])
def test_traces_and_the_log_ask_for_no_relationship(interaction: Interaction) -> None:
    assert judge(asked(CAST.gp, interaction)).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize(
    "asker", [CAST.citizen, CAST.system, CAST.office, CAST.operator], ids=lambda asker: asker.token_id
)
def test_hazard_nobody_but_a_professional_is_let_in_by_a_relationship(asker: Principal) -> None:
    for interaction in Interaction:
        assert judge(asked(asker, interaction, ties={"registration": IN_FORCE})).kind is VerdictKind.ABSTAIN
