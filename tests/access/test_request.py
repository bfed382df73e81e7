"""Requests: what they ask, and when two of them are the same to the gate."""

import pytest

from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request

ASKED = Request(interaction=Interaction.READ, type="Observation", person=7)


def test_what_changes_the_record_writes_and_nothing_else_does() -> None:
    assert {each.value for each in Interaction if each.writes} == {"create", "update", "patch", "delete"}


def test_words_that_are_only_for_the_log_make_no_other_request() -> None:
    told = Request(
        interaction=Interaction.READ,
        type="Observation",
        person=7,
        request_id="r",
        asked="Observation/1",
        query="code=1",
    )
    assert told == ASKED
    assert hash(told) == hash(ASKED)


@pytest.mark.parametrize("person", [8, 0, -7, None, UNKNOWN])
def test_hazard_wrong_person_a_request_about_somebody_else_is_another_request(person: AskedPerson) -> None:
    assert Request(interaction=Interaction.READ, type="Observation", person=person) != ASKED


def test_another_type_or_interaction_is_another_request() -> None:
    assert Request(interaction=Interaction.VREAD, type="Observation", person=7) != ASKED
    assert Request(interaction=Interaction.READ, type=None, person=7) != ASKED
