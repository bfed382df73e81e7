"""Parties: under which names the facts of a relationship count for somebody who asks."""

from dataclasses import replace

import pytest
from tests.access.rules.asked import CAST

from lhcr.access.relationship import citizen_party, parties_of, user_party
from lhcr.identity.principal import Principal


@pytest.mark.parametrize("asker", [CAST.office, CAST.system], ids=lambda one: one.token_id)
def test_those_who_work_somewhere_stand_under_their_organisation_alone(asker: Principal) -> None:
    """Hazard: a professional's own relatives or own number must not open records to them at work."""
    assert parties_of(replace(asker, person_nhs_number="9990000018")) == ("A81001",)


@pytest.mark.parametrize("asker", [CAST.gp, CAST.student], ids=lambda one: one.token_id)
def test_who_cares_for_people_stands_under_their_organisation_and_their_own_word_for_it(asker: Principal) -> None:
    """Hazard: a word given for one organisation, or by somebody else, that opens a record."""
    stands = replace(asker, person_nhs_number="9990000018")
    assert parties_of(stands) == ("A81001", f"user|A81001|{asker.user_id}")
    assert user_party(replace(stands, organisation="RRE")) not in parties_of(stands)
    assert user_party(replace(stands, user_id="other")) not in parties_of(stands)


def test_hazard_an_empty_name_gives_no_word_that_others_share() -> None:
    assert parties_of(replace(CAST.gp, user_id="")) == ("A81001",)


def test_a_citizen_stands_under_their_own_number_alone() -> None:
    assert parties_of(replace(CAST.citizen, organisation="A81001")) == (citizen_party("9990000018"),)


@pytest.mark.parametrize(
    "asker", [CAST.operator, replace(CAST.citizen, person_nhs_number=None), replace(CAST.citizen, person_nhs_number="")]
)
def test_whoever_has_no_name_stands_under_none(asker: Principal) -> None:
    """Hazard: an empty name would be shared by everyone who has none."""
    assert parties_of(asker) == ()


def test_no_number_can_be_taken_for_an_organisation() -> None:
    assert not citizen_party("9990000018").isalnum()
