"""Hazard: partial record. A person whose NHS number came under another address of its system was split in two."""

import pytest

from lhcr.nhs.number_system import identifier_system, is_nhs_number
from lhcr.nhs.systems import NHS_NUMBER, ODS_ORGANISATION


@pytest.mark.parametrize(
    "spelling",
    [
        NHS_NUMBER,
        "http://fhir.nhs.uk/Id/nhs-number",
        "https://fhir.nhs.uk/Id/nhs-number/",
        "https://fhir.nhs.uk/id/NHS-Number",
        " https://fhir.nhs.uk/Id/nhs-number ",
        "https://fhir.nhs.uk/Id/nhs-number|1.0",
        "http://fhir.nhs.net/Id/nhs-number",
        "urn:oid:2.16.840.1.113883.2.1.4.1",
        "2.16.840.1.113883.2.1.4.1",
    ],
)
def test_every_address_of_the_nhs_number_is_read_as_one(spelling: str) -> None:
    assert is_nhs_number(spelling)
    assert identifier_system(spelling) == NHS_NUMBER


@pytest.mark.parametrize(
    "other", [ODS_ORGANISATION, "urn:oid:2.16.840.1.113883.2.1.4.10", "urn:x:nhs-number", "", None, 7, ["x"]]
)
def test_any_other_system_stays_what_it_is(other: object) -> None:
    assert not is_nhs_number(other)
    if isinstance(other, str):
        assert identifier_system(other) == other
