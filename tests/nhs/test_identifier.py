"""Hazard: partial record. A person whose number somebody wrote with spaces could not be found by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.nhs.identifier import compared
from lhcr.nhs.nhs_number import synthetic
from lhcr.nhs.systems import NHS_NUMBER, ODS_ORGANISATION

OID = "urn:oid:2.16.840.1.113883.2.1.4.1"
SEPARATORS = " -\u00a0\u2010\u2011\u2013"


@given(st.integers(0, 1000), st.lists(st.text(SEPARATORS, max_size=2), min_size=10, max_size=10))
def test_a_number_is_compared_by_its_ten_digits_wherever_separators_stand(index: int, between: list[str]) -> None:
    number = synthetic(index).value
    spaced = "".join(digit + separator for digit, separator in zip(number, between, strict=True))
    assert compared(NHS_NUMBER, spaced) == (NHS_NUMBER, number)
    assert compared(OID, spaced) == (NHS_NUMBER, number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "999 000 0019",  # the check digit is wrong
        "9990000019",
        "999 000 001",
        "999/000/0018",
        "999\t000\t0018",
        "٩٩٩ ٠٠٠ ٠٠١٨",  # digits of another script
        "999 000 0018" + " " * 40,
        "unknown",
        "not known",
    ],
)
def test_what_is_no_nhs_number_is_compared_as_it_came(text: str) -> None:
    assert compared(NHS_NUMBER, text) == (NHS_NUMBER, text)


@pytest.mark.parametrize("system", [ODS_ORGANISATION, "", "https://hospital.example/numbers"])
def test_a_number_of_another_system_is_compared_as_it_came(system: str) -> None:
    """Hazard: wrong person. Of a hospital's own numbers nobody here knows that spaces mean nothing."""
    assert compared(system, "999 000 0018") == (system, "999 000 0018")


@given(st.text("0189 -x", max_size=14))
def test_to_compare_twice_changes_nothing(text: str) -> None:
    assert compared(*compared(OID, text)) == compared(OID, text)
