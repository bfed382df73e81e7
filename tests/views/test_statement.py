"""Statements of none and of not knowing: told by code alone, and never made of absence."""

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.statement import statement_of

SNOMED = "http://snomed.info/sct"


def stating(
    code: str, *, kind: str = "AllergyIntolerance", element: str = "code", words: str = "As written"
) -> JsonObject:
    return {"resourceType": kind, element: {"text": words, "coding": [{"system": SNOMED, "code": code}]}}


@pytest.mark.parametrize(
    "code", ["716186003", "409137002", "428607008", "429625007", "160245001", "no-known-allergies"]
)
def test_a_code_of_none_is_a_statement_of_none_in_the_words_that_were_written(code: str) -> None:
    assert statement_of(stating(code)) == ("none", "As written")


@pytest.mark.parametrize("code", ["1631000175102", "no-allergy-info"])
def test_hazard_none_inferred_from_absence_not_knowing_is_not_none(code: str) -> None:
    assert statement_of(stating(code)) == ("unknown", "As written")


@pytest.mark.parametrize(
    "words", ["No known allergies", "Allergies: none", "nil", "NKDA", "Nothing known", "No allergy information"]
)
def test_words_alone_state_nothing(words: str) -> None:
    """Hazard: "no known allergies to penicillin" is no statement about allergies; only a code is."""
    assert statement_of(stating("91936005", words=words)) == ("", "")
    assert statement_of({"resourceType": "AllergyIntolerance", "code": {"text": words}}) == ("", "")


@pytest.mark.parametrize(
    ("kind", "element", "code"),
    [
        ("MedicationStatement", "medicationCodeableConcept", "no-known-medications"),
        ("Immunization", "vaccineCode", "no-known-immunizations"),
        ("Condition", "code", "no-known-problems"),
        ("Procedure", "code", "no-known-procedures"),
    ],
)
def test_every_kind_of_entry_states_it_in_its_own_element(kind: str, element: str, code: str) -> None:
    assert statement_of(stating(code, kind=kind, element=element))[0] == "none"


def test_another_kind_of_entry_with_such_a_code_states_nothing() -> None:
    """A question that was asked, or a family's history, is not what is known of this person."""
    for kind in ("Observation", "FamilyMemberHistory", "MedicationRequest", "QuestionnaireResponse"):
        assert statement_of(stating("716186003", kind=kind)) == ("", "")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"emptyReason": {"coding": [{"code": "nilknown"}]}}, ("none", "Allergies: none known")),
        (
            {"emptyReason": {"coding": [{"code": "notasked", "display": "Not Asked"}]}},
            ("unknown", "Allergies: not asked"),
        ),
        ({"emptyReason": {"text": "Withheld"}}, ("unknown", "Allergies: withheld")),
        ({}, ("", "")),
        ({"emptyReason": {"coding": [{"code": "nilknown"}]}, "entry": [{"item": {}}]}, ("", "")),
    ],
)
def test_an_empty_list_states_what_its_reason_says_and_a_list_without_one_nothing(
    more: JsonObject, said: tuple[str, str]
) -> None:
    assert statement_of({"resourceType": "List", "title": "Allergies", **more}) == said


def test_an_empty_list_without_a_title_is_told_by_its_code() -> None:
    reason = {"coding": [{"code": "nilknown"}]}
    coded = {"resourceType": "List", "code": {"text": "Problem list"}, "emptyReason": reason}
    assert statement_of(coded) == ("none", "Problem list: none known")
    assert statement_of({"resourceType": "List", "emptyReason": reason}) == ("none", "List: none known")
