"""Specification of the rule of signing in: what a way may never grant is refused, whatever the token claims."""

from dataclasses import replace

import pytest
from tests.access.rules.asked import CAST, DIRECTORY, IN_FORCE, able, asked

from lhcr.access.request import Interaction
from lhcr.access.rules.sign_in import judge
from lhcr.access.verdict import VerdictKind
from lhcr.identity.principal import Principal
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.roles import Activity

ALL = tuple(Activity)
OF_STAFF = (SignIn.CIS2_AAL3, SignIn.CIS2_AAL2)


def refused(asker: Principal, way: SignIn, interaction: Interaction, type_: str | None, *, person: int = 7) -> bool:
    ties = {"registration": IN_FORCE, "self": IN_FORCE}
    verdict = judge(asked(replace(asker, sign_in=way), interaction, type_, person=person, ties=ties))
    assert verdict.kind in {VerdictKind.ABSTAIN, VerdictKind.DENY_ALWAYS}, "it never permits"
    return verdict.kind is VerdictKind.DENY_ALWAYS


@pytest.mark.parametrize("way", [way for way in SignIn if way not in {*OF_STAFF, SignIn.PERSONA}])
@pytest.mark.parametrize(
    "interaction", [Interaction.READ, Interaction.EVERYTHING, Interaction.CREATE, Interaction.TRACE]
)
def test_hazard_credentials_that_are_not_a_professionals_open_nothing_as_one(
    way: SignIn, interaction: Interaction
) -> None:
    """Hazard: a system's own credentials that claim a doctor would read what others contributed."""
    for type_ in (None, "Patient", "Observation", "Medication"):
        assert refused(able(CAST.gp, *ALL), way, interaction, type_)
        assert refused(able(CAST.office, *ALL), way, interaction, type_)


@pytest.mark.parametrize("way", OF_STAFF)
def test_staff_read_and_write_by_either_level_and_read_the_log_by_the_higher_alone(way: SignIn) -> None:
    for interaction in (Interaction.READ, Interaction.CREATE, Interaction.TRACE):
        assert not refused(CAST.gp, way, interaction, "Patient")
        assert not refused(CAST.gp, way, interaction, "Observation")
    assert refused(CAST.office, way, Interaction.AUDIT_READ, None) is (way is SignIn.CIS2_AAL2)


@pytest.mark.parametrize("way", [way for way in SignIn if way not in {SignIn.NHS_LOGIN_P9, SignIn.PERSONA}])
def test_hazard_only_a_proved_identity_opens_ones_own_record(way: SignIn) -> None:
    """Hazard: wrong person. Whoever is not proved to be somebody must not read their record by saying their number."""
    for interaction in (Interaction.READ, Interaction.EVERYTHING):
        assert refused(CAST.citizen, way, interaction, "Observation")
    assert not refused(CAST.citizen, SignIn.NHS_LOGIN_P9, Interaction.READ, "Observation")


def test_who_looked_is_read_by_a_citizen_as_their_own_record_is() -> None:
    assert not refused(CAST.citizen, SignIn.NHS_LOGIN_P9, Interaction.AUDIT_READ, None)
    assert refused(CAST.citizen, SignIn.CIS2_AAL3, Interaction.AUDIT_READ, None)


@pytest.mark.parametrize("way", SignIn)
def test_a_system_speaks_for_its_organisation_by_its_own_credentials(way: SignIn) -> None:
    allowed = {SignIn.CLIENT_CREDENTIALS, SignIn.COMMAND_LINE, SignIn.PERSONA}
    for interaction in (Interaction.EVERYTHING, Interaction.UPDATE, Interaction.TRACE):
        assert refused(CAST.system, way, interaction, None) is (way not in allowed)
    logs = {SignIn.CIS2_AAL3, SignIn.COMMAND_LINE, SignIn.PERSONA}
    assert refused(CAST.system, way, Interaction.AUDIT_READ, None) is (way not in logs)


@pytest.mark.parametrize("way", SignIn)
def test_the_directory_is_open_to_whoever_told_how_they_signed_in_and_written_by_few(way: SignIn) -> None:
    assert refused(CAST.gp, way, Interaction.READ, "Organization", person=DIRECTORY) is (way is SignIn.NOT_TOLD)
    writes = {*OF_STAFF, SignIn.PERSONA}
    assert refused(CAST.gp, way, Interaction.CREATE, "Organization", person=DIRECTORY) is (way not in writes)


def test_the_reason_names_what_is_missing() -> None:
    verdict = judge(asked(replace(CAST.gp, sign_in=SignIn.CLIENT_CREDENTIALS)))
    assert (verdict.rule, verdict.reason) == ("sign-in", "This way of signing in never grants it: View GP summary.")
