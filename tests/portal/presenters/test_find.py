"""What is said of who was found."""

import pytest

from lhcr.portal.ports import Found, FoundPerson
from lhcr.portal.presenters.find import present_found, read_form

ASKED = read_form({"by": "number", "nhs_number": "999 000 0085"})


def found(number: str) -> Found:
    person = FoundPerson(
        key="k",
        family="Booth",
        given="David",
        title="Mr",
        born="21 June 1962",
        died="",
        sex="Male",
        nhs_number=number,
        address="",
        restricted=False,
    )
    return Found(people=(person,))


def test_hazard_somebody_who_is_shown_by_another_number_than_was_asked_is_not_taken_for_the_wrong_one() -> None:
    """Since two records were merged, the number on a wristband leads to somebody who is shown by another."""
    advice = present_found(ASKED, found("999 000 0093")).advice
    assert "NHS number 999 000 0085 is also recorded for the person who is shown." in advice
    assert "Check name and date of birth" in advice


@pytest.mark.parametrize("number", ["999 000 0085", ""])
def test_of_the_number_that_was_asked_or_of_none_nothing_is_said(number: str) -> None:
    assert "also recorded" not in present_found(ASKED, found(number)).advice
