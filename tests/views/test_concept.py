"""Coded values: the words that were written, those of the code where they differ, and never a bare number for want of looking."""

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import codes_of, read_concept

SNOMED = "http://snomed.info/sct"


def coding(system: str, code: str, display: str = "", *, chosen: bool = False) -> JsonObject:
    shown = {"display": display} if display else {}
    return {"system": system, "code": code, **shown, **({"userSelected": True} if chosen else {})}


def test_a_code_without_words_is_told_by_those_of_another_coding() -> None:
    """Hazard: a diagnosis that reads 195967001."""
    concept = read_concept({"coding": [coding(SNOMED, "195967001"), coding("urn:read", "H33", "Asthma")]})
    assert (concept.title, concept.code, concept.system) == ("Asthma", "195967001", SNOMED)


def test_a_code_that_nothing_gives_words_for_stands_for_itself() -> None:
    assert read_concept({"coding": [coding("urn:x", "Z9")]}).title == "Z9"


def test_what_the_clinician_chose_speaks_before_snomed() -> None:
    codings = [coding(SNOMED, "1", "Asthma"), coding("urn:read", "H33", "Asthma, brittle", chosen=True)]
    assert read_concept({"coding": codings}).title == "Asthma, brittle"


@pytest.mark.parametrize(
    ("text", "display", "title", "coded_as"),
    [
        ("Nut allergy", "Allergy to peanut", "Nut allergy", "Allergy to peanut"),
        ("asthma", "Asthma", "asthma", ""),
        ("", "Asthma", "Asthma", ""),
        ("Asthma", "", "Asthma", ""),
    ],
)
def test_text_that_says_other_than_its_code_is_shown_with_what_it_is_coded_as(
    text: str, display: str, title: str, coded_as: str
) -> None:
    concept = read_concept({"text": text, "coding": [coding(SNOMED, "1", display)]})
    assert (concept.title, concept.coded_as) == (title, coded_as)


def test_two_concepts_are_the_same_by_system_and_code_and_without_a_code_by_their_words() -> None:
    assert read_concept({"coding": [coding("a", "1")]}).key != read_concept({"coding": [coding("b", "1")]}).key
    assert read_concept({"text": "ASTHMA"}).key == read_concept({"text": "Asthma"}).key


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (None, set()),
        ("active", {"active"}),
        ({"code": "active"}, {"active"}),
        ({"coding": [{"code": "a"}, {"code": " b "}, {"display": "x"}]}, {"a", "b"}),
        ([{"coding": [{"code": "a"}]}, {"coding": {"code": "b"}}], {"a", "b"}),
        ({"text": "active"}, set()),
        ([{"coding": [3, None, {"code": 7}, {"code": ""}]}], set()),
    ],
)
def test_codes_are_found_in_every_shape_that_codes_have(value: object, codes: set[str]) -> None:
    assert codes_of(value) == codes
