"""Specification of what is opened on the asker's own word: claimed relationships and emergency sessions, as the rules judge them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.rules.asked import CAST, ENDED, IN_FORCE, PERSON, POLICY, able, asked

from lhcr.access.case import Case
from lhcr.access.claims import may_claim
from lhcr.access.decide import RULES
from lhcr.access.emergency import for_emergency, may_begin_emergency
from lhcr.access.fold import Outcome, fold, judge_all
from lhcr.access.request import UNKNOWN, Interaction
from lhcr.access.rules import purpose, relationship
from lhcr.access.verdict import VerdictKind
from lhcr.identity.principal import Principal
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Activity, Role, activities_of

ABOUT_PEOPLE = [each for each in Interaction if each.value not in {"trace", "audit-read", "order"}]
SESSION = {"emergency": IN_FORCE}


def outcome_of(case: Case) -> Outcome:
    return fold(judge_all(case, RULES), emergency=case.in_emergency)


def with_role(role: Role) -> Principal:
    return replace(CAST.gp, role_code=role.code, activities=activities_of(role))


def test_a_claim_in_force_permits_as_any_other_relationship_does_and_says_what_it_is() -> None:
    verdict = relationship.judge(asked(CAST.gp, ties={"claimed": IN_FORCE}))
    assert verdict.kind is VerdictKind.PERMIT
    assert verdict.reason.endswith("on their own word alone: claimed.")


def test_hazard_a_claim_that_has_ended_opens_nothing() -> None:
    verdict = relationship.judge(asked(CAST.gp, ties={"claimed": ENDED}))
    assert verdict.kind is VerdictKind.DENY_UNLESS_EMERGENCY


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.STUDENT, Role.MEDICAL_SECRETARY])
def test_hazard_a_claim_of_somebody_whose_role_was_taken_away_opens_nothing(role: Role) -> None:
    assert not outcome_of(asked(with_role(role), ties={"claimed": IN_FORCE})).permitted


@pytest.mark.parametrize("way", SignIn)
def test_hazard_nobodys_own_word_counts_who_did_not_sign_in_as_staff(way: SignIn) -> None:
    """Hazard: a system's own credentials that claim to be a doctor's would open any record by saying so."""
    asker, is_staff = replace(CAST.gp, sign_in=way), way in {SignIn.CIS2_AAL3, SignIn.CIS2_AAL2, SignIn.PERSONA}
    assert may_claim(asker, policy=POLICY) is is_staff
    assert may_begin_emergency(asker) is is_staff
    assert relationship.judge(asked(asker, ties={"claimed": IN_FORCE})).permits is is_staff
    assert asked(for_emergency(asker), ties=SESSION).in_emergency is is_staff


@pytest.mark.parametrize("kind", ["claimed", "emergency"])
def test_hazard_what_one_user_said_opens_nothing_to_a_colleague(kind: str) -> None:
    """Hazard: a word given by one clinician that counts for everybody of the organisation, whoever reads its facts."""
    asker = for_emergency(CAST.gp) if kind == "emergency" else CAST.gp
    said = asked(asker, ties={kind: IN_FORCE})
    assert outcome_of(said).permitted
    for party in (asker.organisation, "user|A81001|somebody-else", "user|RRE|" + asker.user_id):
        assert not outcome_of(replace(said, ties=(replace(said.ties[0], party=party),))).permitted


def test_what_is_recorded_is_named_before_what_is_claimed() -> None:
    verdict = relationship.judge(asked(CAST.gp, ties={"claimed": IN_FORCE, "encounter": IN_FORCE}))
    assert verdict.reason == "The organisation has a relationship with the person: encounter."


@pytest.mark.parametrize("interaction", ABOUT_PEOPLE)
def test_emergency_treatment_is_a_purpose_only_inside_a_session(interaction: Interaction) -> None:
    asker = for_emergency(CAST.gp)
    for ties in ({}, {"emergency": ENDED}, {"registration": IN_FORCE}, {"claimed": IN_FORCE}):
        refused = outcome_of(asked(asker, interaction, ties=ties))
        assert not refused.permitted
        assert purpose.judge(asked(asker, interaction, ties=ties)).kind is VerdictKind.DENY_ALWAYS


def test_a_session_lifts_what_is_denied_unless_there_is_an_emergency() -> None:
    assert not outcome_of(asked(CAST.gp, ties=SESSION)).permitted
    lifted = outcome_of(asked(for_emergency(CAST.gp), ties=SESSION))
    assert lifted.permitted
    assert not lifted.own_only


def test_in_an_emergency_the_record_is_more_than_what_the_own_organisation_wrote() -> None:
    """Hazard: a partial record, without the allergy that another source wrote, read in an emergency as the whole one."""
    ties = {**SESSION, "contribution": ENDED}
    assert outcome_of(asked(CAST.gp, ties=ties)).own_only
    assert not outcome_of(asked(for_emergency(CAST.gp), ties=ties)).own_only


def test_hazard_a_session_of_somebody_who_has_lost_the_activity_lifts_nothing() -> None:
    asker = able(CAST.gp, Activity.VIEW_GP_SUMMARY, Activity.VIEW_DEMOGRAPHICS)
    assert not outcome_of(asked(for_emergency(asker), ties=SESSION)).permitted


@pytest.mark.parametrize("asker", CAST.everyone, ids=lambda asker: asker.token_id)
@pytest.mark.parametrize("interaction", Interaction)
def test_hazard_an_emergency_lifts_nothing_that_is_denied_always(asker: Principal, interaction: Interaction) -> None:
    inside = asked(for_emergency(asker), interaction, ties=SESSION)
    verdicts = judge_all(inside, RULES)
    if any(each.kind is VerdictKind.DENY_ALWAYS for each in verdicts):
        assert not outcome_of(inside).permitted


@given(
    ties=st.dictionaries(
        st.sampled_from(["claimed", "emergency", "registration", "contribution"]), st.sampled_from([IN_FORCE, ENDED])
    ),
    role=st.sampled_from(list(Role)),
    chosen=st.sampled_from([Purpose.TREATMENT, Purpose.EMERGENCY_TREATMENT]),
    interaction=st.sampled_from([Interaction.READ, Interaction.SEARCH, Interaction.EVERYTHING]),
)
def test_a_professional_reads_others_entries_exactly_where_the_words_of_the_rules_say(
    ties: dict[str, object], role: Role, chosen: Purpose, interaction: Interaction
) -> None:
    """The oracle is written from the promise: derived, or claimed by a role that may, or inside one's own session."""
    urgent = chosen is Purpose.EMERGENCY_TREATMENT
    asker = for_emergency(with_role(role)) if urgent else with_role(role)
    case = asked(asker, interaction, ties=ties)  # type: ignore[arg-type]
    in_force = {kind for kind, until in ties.items() if until is not None}
    reads = Activity.VIEW_GP_SUMMARY in asker.activities
    if urgent:
        expected = reads and Activity.EMERGENCY_ACCESS in asker.activities and "emergency" in in_force
    else:
        claims = "claimed" in in_force and role.code in {"R8000", "R8001", "R8003"}
        expected = reads and (bool(in_force & {"registration", "contribution"}) or claims)
    outcome = outcome_of(case)
    assert (outcome.permitted and not outcome.own_only) is expected


def test_a_stranger_and_a_person_who_is_not_here_are_refused_alike_in_an_emergency_too() -> None:
    asker = for_emergency(CAST.gp)
    said = {outcome_of(asked(asker, person=person)).decisive for person in (PERSON, UNKNOWN)}
    assert len(said) == 1


def test_the_purpose_of_an_emergency_is_beside_those_of_the_token() -> None:
    inside = for_emergency(CAST.gp)
    assert inside.purpose is Purpose.EMERGENCY_TREATMENT
    assert inside.purposes == (Purpose.TREATMENT, Purpose.EMERGENCY_TREATMENT)
    assert for_emergency(inside) == inside
