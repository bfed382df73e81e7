"""Specification of the ODS code."""

import pytest

from lhcr.kernel.errors import Incorrect
from lhcr.nhs.ods import OdsCode


@pytest.mark.parametrize(
    ("text", "value"), [("A81001", "A81001"), (" rre ", "RRE"), ("fa123", "FA123"), ("106", "106")]
)
def test_a_code_is_read_as_people_write_it(text: str, value: str) -> None:
    assert OdsCode.parse(text).value == value


@pytest.mark.parametrize(
    "text", ["", "AB", "A81 001", "A81001|", "A" * 13, "RRE\x00", "r\u0131e", "\u0661\u0662\u0663"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Incorrect) as refusal:
        OdsCode.parse(text)
    assert refusal.value.issues[0].error == "ods-code-invalid"


def test_a_code_in_small_letters_is_not_a_code_until_it_is_parsed() -> None:
    with pytest.raises(Incorrect):
        OdsCode("rre")


def test_it_writes_itself_as_a_search_token() -> None:
    assert OdsCode("RRE").token == "https://fhir.nhs.uk/Id/ods-organization-code|RRE"
