"""Statements of none and of not knowing: told by code alone, and never made of absence."""

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.statement import statement_of

SNOMED = "http://snomed.info/sct"
IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
NONE: JsonObject = {"system": SNOMED, "code": "716186003", "display": "No known allergy (situation)"}
NILKNOWN: JsonObject = {"coding": [{"system": EMPTY, "code": "nilknown"}]}


def stating(
    code: str, *, kind: str = "AllergyIntolerance", element: str = "code", words: str = "None known"
) -> JsonObject:
    system = SNOMED if code.isdecimal() else IPS
    return {"resourceType": kind, element: {"text": words, "coding": [{"system": system, "code": code}]}}


def allergy(*codings: JsonObject, text: str = "", **elements: object) -> JsonObject:
    code = {"coding": list(codings)} | ({"text": text} if text else {})
    return {"resourceType": "AllergyIntolerance", "code": code, **elements}


@pytest.mark.parametrize("code", ["716186003", "no-known-allergies"])
def test_a_code_of_none_is_a_statement_of_none_in_the_words_that_were_written(code: str) -> None:
    assert statement_of(stating(code)) == ("none", "None known")


@pytest.mark.parametrize("text", ["", "No known allergies", "Allergies: none", "NKA", "No known allergy (situation)"])
def test_words_that_say_the_same_as_the_code_leave_the_statement_as_it_is(text: str) -> None:
    assert statement_of(allergy(NONE, text=text))[0] == "none"
    assert (
        statement_of(allergy(NONE, {"system": "urn:local", "code": "1151.", "display": "No known allergies"}))[0]
        == "none"
    )


@pytest.mark.parametrize("code", ["409137002", "428607008", "429625007", "no-known-food-allergies"])
def test_hazard_allergy_dropped_none_of_some_kind_is_never_none_at_all(code: str) -> None:
    assert statement_of(stating(code)) == ("some", "None known")


@pytest.mark.parametrize(
    "text", ["No known drug allergies", "NKDA", "Allergies not known", "Medication allergies: none"]
)
def test_hazard_allergy_dropped_words_that_say_less_than_the_code_are_what_is_stated(text: str) -> None:
    assert statement_of(allergy(NONE, text=text)) == ("some", text)


@pytest.mark.parametrize(
    "resource",
    [
        allergy({"system": "http://local.test", "code": "716186003"}, text="Latex"),
        allergy({"system": "http://local.test", "code": "716186003"}),
        allergy({"system": SNOMED, "code": "160245001", "display": "No current problems or disability"}),
        allergy(NONE, text="Penicillin V"),
        allergy(NONE, text="No known allergies except penicillin"),
        allergy(NONE | {"display": "Penicillin V"}),
        allergy(NONE, {"system": SNOMED, "code": "111088007", "display": "Latex"}),
        allergy(NONE, reaction=[{"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}]),
        allergy(NONE, text="Food allergy"),
        allergy(NONE, criticality="high"),
        allergy({"system": IPS, "code": "no-allergy-info"}, text="Penicillin V"),
        allergy({"system": IPS, "code": "no-allergy-info"}, criticality="high"),
    ],
)
def test_hazard_allergy_dropped_an_entry_of_which_any_part_contradicts_the_code_of_none_is_an_allergy(
    resource: JsonObject,
) -> None:
    assert statement_of(resource) == ("", "")


def test_hazard_meaning_turned_round_a_statement_that_carries_a_qualifier_is_no_longer_none_at_all() -> None:
    assert statement_of(allergy(NONE, modifierExtension=[{"url": "urn:not", "valueBoolean": True}]))[0] == "some"


def test_a_further_code_that_nobody_can_read_leaves_none_at_all_unsaid() -> None:
    assert statement_of(allergy(NONE, {"system": "urn:local", "code": "14L.."}))[0] == "some"


@pytest.mark.parametrize("code", ["1631000175102", "no-allergy-info"])
def test_hazard_none_inferred_from_absence_not_knowing_is_not_none(code: str) -> None:
    assert statement_of(stating(code, words="Not asked")) == ("unknown", "Not asked")


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
        ({"emptyReason": NILKNOWN}, ("none", "Allergies: none known")),
        ({"emptyReason": NILKNOWN, "title": "Food allergies"}, ("some", "Food allergies: none known")),
        (
            {"emptyReason": {"coding": [{"code": "notasked", "display": "Not Asked"}]}},
            ("unknown", "Allergies: not asked"),
        ),
        ({"emptyReason": {"text": "Withheld"}}, ("unknown", "Allergies: withheld")),
        ({}, ("", "")),
        ({"emptyReason": NILKNOWN, "entry": [{"item": {}}]}, ("", "")),
    ],
)
def test_an_empty_list_states_what_its_reason_says_and_a_list_without_one_nothing(
    more: JsonObject, said: tuple[str, str]
) -> None:
    assert statement_of({"resourceType": "List", "title": "Allergies", **more}) == said


def test_an_empty_list_without_a_title_is_told_by_its_code() -> None:
    coded = {"resourceType": "List", "code": {"text": "Problem list"}, "emptyReason": NILKNOWN}
    assert statement_of(coded) == ("none", "Problem list: none known")
    assert statement_of({"resourceType": "List", "emptyReason": NILKNOWN}) == ("none", "List: none known")
