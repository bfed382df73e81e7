"""What a column says when a path alone cannot say it."""

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry, Source
from lhcr.views.names import Names
from lhcr.views.readers import activity, allergy_kind, answers, reaction, risk, vaccine_dose

NOBODY = Names([])


def reacted(**elements: object) -> tuple[str, ...]:
    return reaction({"reaction": [elements]}, NOBODY)


def test_a_reaction_tells_what_showed_how_severe_and_by_which_way() -> None:
    signs = [{"text": "rash"}, {"coding": [{"display": "Wheeze"}]}]
    told = reacted(manifestation=signs, severity="severe", exposureRoute={"text": "Oral"})
    assert told == ("Rash, Wheeze, severe, Oral",)


def test_hazard_units_mangled_the_words_of_a_reaction_keep_their_capitals() -> None:
    """Hazard: 5 MU lowered to 5 mu, IgE to ige, a name to a word."""
    assert reacted(description="after 5 MU of benzylpenicillin, IgE raised") == (
        "After 5 MU of benzylpenicillin, IgE raised",
    )
    assert reacted(manifestation=[{"text": "Stevens-Johnson syndrome"}], severity="severe") == (
        "Stevens-Johnson syndrome, severe",
    )


def test_of_an_allergy_to_a_group_the_substance_of_each_reaction_is_told() -> None:
    signs = [{"text": "Rash"}]
    assert reacted(substance={"text": "amoxicillin"}, manifestation=signs) == ("Amoxicillin: Rash",)
    assert reacted(substance={"text": "amoxicillin"}) == ("Amoxicillin",)


def test_a_description_that_says_more_than_the_signs_is_told_beside_them() -> None:
    assert reacted(manifestation=[{"text": "Rash"}], description="rash") == ("Rash",)
    assert reacted(manifestation=[{"text": "Rash"}], description="ten days after") == ("Rash, ten days after",)


def test_each_reaction_has_its_line_and_an_empty_one_none() -> None:
    two: JsonObject = {"reaction": [{"description": "one"}, {}, {"description": "two"}, None]}
    assert reaction(two, NOBODY) == ("One", "Two")


@pytest.mark.parametrize(
    ("criticality", "words"),
    [("high", ("High risk",)), ("low", ("Low risk",)), ("unable-to-assess", ("Risk not assessed",)), (None, ())],
)
def test_the_risk_of_an_allergy_is_in_words(criticality: str | None, words: tuple[str, ...]) -> None:
    assert risk({"criticality": criticality}, NOBODY) == words


def test_a_risk_that_is_not_known_here_is_shown_as_it_stands() -> None:
    assert risk({"criticality": "extreme"}, NOBODY) == ("extreme",)


def test_the_kind_of_an_allergy_keeps_intolerance_apart_from_allergy() -> None:
    assert allergy_kind({"category": ["food", "medication"], "type": "intolerance"}, NOBODY) == (
        "Food medication intolerance",
    )


def test_a_vaccine_dose_tells_its_place_in_the_series_and_the_amount() -> None:
    applied = [{"doseNumberPositiveInt": 2, "seriesDosesString": "3"}]
    told = vaccine_dose({"protocolApplied": applied, "doseQuantity": {"value": "0.50", "unit": "mL"}}, NOBODY)
    assert told == ("Dose 2 of 3, 0.50 mL",)


def test_a_question_that_was_not_answered_says_so() -> None:
    """Hazard: a question without an answer read as answered with no."""
    items = [
        {"linkId": "1", "text": "Any allergies?"},
        {"linkId": "2", "text": "Smokes?", "answer": [{"valueBoolean": False}]},
        {"linkId": "3", "text": "Falls", "item": [{"linkId": "3.1", "answer": [{"valueInteger": 0}]}]},
    ]
    assert answers({"item": items}, NOBODY) == ("Any allergies?: not answered", "Smokes?: No", "3.1: 0")


def test_hazard_what_a_plan_forbids_or_called_off_is_not_read_as_what_is_to_be_done() -> None:
    details: list[JsonObject] = [
        {"code": {"text": "Physiotherapy"}, "status": "scheduled"},
        {"code": {"text": "Resuscitation"}, "description": "On any ward", "doNotPerform": True},
        {"description": "Weekly bloods", "status": "cancelled"},
        {"code": {"text": "Dialysis"}, "status": "entered-in-error", "doNotPerform": True},
        {"doNotPerform": True},
    ]
    assert activity({"activity": [{"detail": each} for each in details]}, NOBODY) == (
        "Physiotherapy",
        "Do not perform: Resuscitation; On any ward",
        "Weekly bloods (cancelled)",
        "Do not perform: Dialysis (entered in error)",
    )


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ({"status": "active"}, "Chest X-ray"),
        ({"status": "active", "doNotPerform": True}, "Chest X-ray (do not perform)"),
        ({"status": "revoked"}, "Chest X-ray (ended)"),
        ({"status": "entered-in-error"}, "Chest X-ray (entered in error)"),
    ],
)
def test_an_activity_that_is_another_entry_says_how_that_entry_stands(elements: JsonObject, words: str) -> None:
    request = {"resourceType": "ServiceRequest", "id": "s", "code": {"text": "Chest X-ray"}, **elements}
    names = Names([Entry(request, Source("RRE", "Hospital"))])
    assert activity({"activity": [{"reference": {"reference": "ServiceRequest/s"}}]}, names) == (words,)
    assert activity({"activity": [{"reference": {"display": "Seen elsewhere"}}]}, names) == ("Seen elsewhere",)
