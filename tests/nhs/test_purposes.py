"""Specification of the purpose of use."""

import pytest

from lhcr.kernel.errors import Incorrect
from lhcr.nhs.purposes import Purpose


@pytest.mark.parametrize("code", ["TREAT", "ETREAT", "HOPERAT", "PATRQT", "HRESCH", "PUBHLTH"])
def test_each_purpose_is_found_by_its_code_and_writes_it_again(code: str) -> None:
    assert Purpose.parse(code).coding["code"] == code


@pytest.mark.parametrize("code", ["", "treat", "BTG", "TREAT "])
def test_an_unknown_purpose_is_refused_with_the_list_of_known_ones(code: str) -> None:
    with pytest.raises(Incorrect, match="ETREAT") as refusal:
        Purpose.parse(code)
    assert refusal.value.issues[0].error == "purpose-unknown"


def test_research_and_planning_are_not_care_of_the_person() -> None:
    assert {purpose.code for purpose in Purpose if purpose.is_care_of_the_person} == {"TREAT", "ETREAT", "PATRQT"}
