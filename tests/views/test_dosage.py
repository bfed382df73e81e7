"""Doses as words: the instruction as written, else from its parts, and neither ever with less than was recorded."""

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.dosage import dosage_lines, dosages_lines, in_one_line, route_lines
from lhcr.views.timing import timing_text


@pytest.mark.parametrize(
    ("repeat", "words"),
    [
        ({"frequency": 1, "period": 1, "periodUnit": "d"}, "once a day"),
        ({"frequency": 1, "period": "1.0", "periodUnit": "d"}, "once a day"),
        ({"frequency": 4, "period": 1, "periodUnit": "d"}, "4 times a day"),
        ({"frequency": 1, "period": 1, "periodUnit": "h"}, "every hour"),
        ({"frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h"}, "every 4 to 6 hours"),
        ({"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}, "1 to 2 times a day"),
        ({"frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon"]}, "once a week, on Monday"),
        ({"when": ["ACM", "HS"]}, "before breakfast, before sleep"),
        ({"timeOfDay": ["08:00:00", "20:00:00"]}, "at 08:00 and 20:00"),
        (
            {
                "frequency": 3,
                "period": 1,
                "periodUnit": "d",
                "boundsDuration": {"value": 7, "unit": "d", "code": "d"},
            },
            "3 times a day, for 7 days",
        ),
        ({"count": 1}, "once in all"),
    ],
)
def test_how_often_is_said_in_full(repeat: JsonObject, words: str) -> None:
    """Hazard: the longer interval, the time of day or the end of a course left out."""
    assert timing_text({"repeat": repeat}) == words


def test_a_dose_without_a_unit_says_so() -> None:
    """Hazard: a bare 1 read as one tablet, or as one milligram."""
    dosage = {"doseAndRate": [{"doseQuantity": {"value": "1.0"}}], "timing": {"code": {"text": "Every six hours"}}}
    assert dosage_lines(dosage) == ("1.0 (unit not recorded), Every six hours",)


def test_a_dose_that_was_given_is_told_too() -> None:
    """The dose of an administration stands in another element than that of a prescription."""
    assert dosage_lines({"dose": {"value": 3, "unit": "mg"}}) == ("3 mg",)


def test_every_dose_of_an_instruction_is_told() -> None:
    rates = [{"doseQuantity": {"value": 1, "unit": "tablet"}}, {"doseQuantity": {"value": 2, "unit": "tablet"}}]
    assert dosage_lines({"doseAndRate": rates}) == ("1 tablet and 2 tablets",)


@pytest.mark.parametrize(("text", "told"), [("One each night", ("Oral",)), ("One orally each night", ()), ("", ())])
def test_the_route_is_told_where_the_written_instruction_leaves_it_out(text: str, told: tuple[str, ...]) -> None:
    assert route_lines({"text": text, "route": {"coding": [{"display": "Oral"}]}}) == told


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Take TWO tablets", ("Take TWO tablets", "As needed for Chest pain")),
        ("Take TWO tablets when required", ("Take TWO tablets when required",)),
        ("2 tabs PRN", ("2 tabs PRN",)),
    ],
)
def test_that_it_is_taken_only_as_needed_is_told_beside_a_text_that_leaves_it_out(
    text: str, lines: tuple[str, ...]
) -> None:
    """Hazard: a medicine for attacks taken every day."""
    assert dosage_lines({"text": text, "asNeededCodeableConcept": {"text": "Chest pain"}}) == lines


def test_a_medicine_that_is_not_as_needed_is_not_called_so() -> None:
    assert dosage_lines({"text": "One daily", "asNeededBoolean": False}) == ("One daily",)


def test_every_limit_of_a_dose_is_told_whether_or_not_there_is_a_text() -> None:
    """Hazard: an overdose, because the limit stood in another element than the instruction."""
    limits: JsonObject = {
        "maxDosePerPeriod": {"numerator": {"value": 4, "unit": "g"}, "denominator": {"value": 24, "unit": "h"}},
        "maxDosePerAdministration": {"value": 1, "unit": "g"},
        "maxDosePerLifetime": {"value": 450, "unit": "mg/m2"},
    }
    told = ("No more than 4 g : 24 h", "No more than 1 g at a time", "No more than 450 mg/m2 in a lifetime")
    assert dosage_lines(limits) == told
    assert dosage_lines({"text": "As directed", **limits}) == ("As directed", *told)


def test_the_steps_of_a_course_are_told_in_their_order_and_none_is_lost() -> None:
    """Hazard: a reducing course that stays at its highest dose, because two of its steps read alike."""
    steps = [
        {"sequence": 3, "text": "5 mg daily for a week"},
        {"sequence": 1, "text": "5 mg daily for a week"},
        {"sequence": 2, "text": "10 mg daily for a week"},
    ]
    assert dosages_lines(steps) == (
        "5 mg daily for a week",
        "Then: 10 mg daily for a week",
        "Then: 5 mg daily for a week",
    )


def test_instructions_that_hold_at_once_stand_in_the_order_of_the_entry_and_repeats_are_told_once() -> None:
    at_once = [{"text": "One in the morning"}, {"text": "Two at night"}, {"text": "One in the morning"}]
    assert dosages_lines(at_once) == ("One in the morning", "Two at night")
    assert dosages_lines([{**each, "sequence": 1} for each in at_once]) == ("One in the morning", "Two at night")


WEEKLY: JsonObject = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}


def test_hazard_overdose_a_coded_dose_that_contradicts_the_words_is_told_beside_them() -> None:
    """Methotrexate: one daily in words, 10 mg a week in codes."""
    rates = [{"doseQuantity": {"value": 10, "unit": "mg"}}]
    dosage = {"text": "ONE daily", "timing": WEEKLY, "doseAndRate": rates}
    assert dosage_lines(dosage) == (
        "ONE daily",
        "Coded: 10 mg, once a week (cannot be compared with the dose in words)",
    )


@pytest.mark.parametrize(
    ("text", "value", "frequency"),
    [
        ("1-2 tablets twice a day", 2, 2),
        ("2 to 4 tablets twice daily", 2, 2),
        ("One or 2 to be taken twice a day", 2, 2),
    ],
)
def test_hazard_overdose_the_same_words_in_another_order_or_a_range_are_no_agreement(
    text: str, value: int, frequency: int
) -> None:
    timing = {"repeat": {"frequency": frequency, "period": 1, "periodUnit": "d"}}
    dosage = {"text": text, "timing": timing, "doseAndRate": [{"doseQuantity": {"value": value, "unit": "tablet"}}]}
    assert dosage_lines(dosage) == (text, f"Coded: {value} tablets, {frequency} times a day")


def test_hazard_overdose_numbers_that_changed_places_are_told_as_a_difference() -> None:
    timing = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
    text = "Take 2 tablets 4 times a day"
    dosage = {"text": text, "timing": timing, "doseAndRate": [{"doseQuantity": {"value": 4, "unit": "tablet"}}]}
    assert dosage_lines(dosage) == (text, "Coded differently: 4 tablets, 2 times a day")


@pytest.mark.parametrize(
    "text",
    ["Take ONE tablet once daily", "1 tablet once a day", "One to be taken once a day", "One to be taken each night"],
)
def test_a_coded_dose_that_the_words_plainly_say_is_not_repeated(text: str) -> None:
    timing = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    dosage = {"text": text, "timing": timing, "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}
    assert dosage_lines(dosage) == (text,)


def test_hazard_overdose_one_step_of_several_that_agrees_does_not_hide_that_the_code_says_otherwise() -> None:
    timing = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    text = "One to be taken each morning and two each night"
    dosage = {"text": text, "timing": timing, "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}
    assert dosage_lines(dosage) == (text, "Coded: 1 tablet, once a day")


def test_lines_behind_one_another_read_as_one_and_a_sources_words_are_left_alone() -> None:
    told = ("Two when needed", "Coded: 2 tablets", "No more than 4 g : 24 h", "Coded by Dr Farouk", "Heart failure")
    assert in_one_line(told) == (
        "Two when needed; coded: 2 tablets; no more than 4 g : 24 h; Coded by Dr Farouk; Heart failure"
    )
    assert in_one_line(("Coded: 2 tablets",)) == "Coded: 2 tablets"
    assert in_one_line(()) == ""
