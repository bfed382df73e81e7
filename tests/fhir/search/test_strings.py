import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.search.strings import address, extension, fold, human_name, primitive


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Ó Briain\t", "o briain"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ǆ", "dz"),
        ("Zoë\n Müller", "zoe muller"),
    ],
)
def test_case_accents_and_space_are_folded_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_case_makes_no_difference(text: str) -> None:
    assert fold(text.upper()) == fold(text.upper().lower())


def test_a_name_gives_each_part_and_its_text() -> None:
    name = {"text": "Dr A B C", "family": "C", "given": ["A", None, "B"], "prefix": ["Dr"], "suffix": ["OBE"]}
    assert sorted(human_name(name)) == ["A", "B", "C", "Dr", "Dr A B C", "OBE"]


def test_an_address_gives_each_part_and_its_text() -> None:
    found = address({"line": ["1 High St", None], "city": "York", "postalCode": "YO1", "use": "home"})
    assert sorted(found) == ["1 High St", "YO1", "York"]


def test_an_extension_gives_its_text_or_what_its_codes_are_called() -> None:
    assert extension({"url": "x", "valueString": "Smith"}) == ["Smith"]
    assert extension({"url": "x", "valueCodeableConcept": {"coding": [{"display": "BRCA1"}, {}]}}) == ["BRCA1"]
    assert primitive(None) == primitive("") == ()
