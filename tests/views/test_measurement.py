"""Results, ranges and flags of observations say all that was measured, and what stands in the place of a value."""

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry, Source
from lhcr.views.measurement import flag_lines, range_lines, result_lines
from lhcr.views.names import Names

NOBODY = Names([])
HL7 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def part(code: str, display: str, **elements: object) -> JsonObject:
    return {"code": {"coding": [{"code": code, "display": display}]}, **elements}


def quantity(value: object, **more: object) -> JsonObject:
    return {"value": value, "unit": "mmHg", **more}


def pressure(upper: JsonObject, lower: JsonObject, *more: JsonObject) -> JsonObject:
    parts = [
        part("271649006", "Systolic", valueQuantity=upper),
        part("271650006", "Diastolic", valueQuantity=lower),
        *more,
    ]
    return {"resourceType": "Observation", "component": parts}


def test_hazard_comparator_lost_a_pressure_beyond_the_cuff_says_so() -> None:
    assert result_lines(pressure(quantity(260, comparator=">"), quantity(140)), NOBODY) == ("> 260/140 mmHg",)


def test_what_was_measured_with_a_pressure_is_told_beside_it() -> None:
    """Hazard: a part of a result left out because the others read well together."""
    mean = part("6797001", "Mean pressure", valueQuantity=quantity(102))
    position = part("x", "Position", valueCodeableConcept={"text": "Standing"})
    told = result_lines(pressure(quantity(138), quantity(84), mean, position), NOBODY)
    assert told == ("138/84 mmHg", "Mean pressure: 102 mmHg", "Position: Standing")


def test_pressures_in_two_units_are_not_put_together() -> None:
    told = result_lines(pressure(quantity(138), quantity(11, unit="kPa")), NOBODY)
    assert told == ("Systolic: 138 mmHg", "Diastolic: 11 kPa")


def test_half_a_pressure_is_told_with_why_the_other_half_is_missing() -> None:
    lower = part("271650006", "Diastolic", dataAbsentReason={"text": "Not heard by Dr A"})
    upper = part("271649006", "Systolic", valueQuantity=quantity(90))
    told = result_lines({"component": [upper, lower]}, NOBODY)
    assert told == ("Systolic: 90 mmHg", "Diastolic: No value: Not heard by Dr A")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"valueQuantity": {"value": "0.10", "comparator": "<", "unit": "ng/mL"}}, ("< 0.10 ng/mL",)),
        ({"valueString": "Haemolysed"}, ("Haemolysed",)),
        ({"valueBoolean": False}, ("No",)),
        ({"valueInteger": 0}, ("0",)),
        ({"valueCodeableConcept": {"text": "Not detected"}}, ("Not detected",)),
        ({"valueRange": {"low": {"value": 5, "unit": "mg"}}}, ("5 mg or more",)),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 64}}}, ("1 : 64",)),
        ({}, ()),
    ],
)
def test_a_value_of_any_type_is_told(value: JsonObject, words: tuple[str, ...]) -> None:
    assert result_lines(value, NOBODY) == words


def named(observation: JsonObject) -> Names:
    entry = Entry({"resourceType": "Observation", "id": "o", **observation}, Source("RRE", "Hospital"))
    return Names([entry])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("final", "Potassium: 6.9 mmol/L"),
        ("corrected", "Potassium: 6.9 mmol/L, corrected"),
        ("preliminary", "Potassium: 6.9 mmol/L, preliminary"),
        ("cancelled", "Potassium: 6.9 mmol/L, cancelled"),
        ("entered-in-error", "Potassium: entered in error"),
    ],
)
def test_hazard_entered_in_error_shown_as_valid_a_report_tells_how_each_of_its_results_stands(
    status: str, words: str
) -> None:
    value = {"value": "6.9", "unit": "mmol/L"}
    names = named({"status": status, "code": {"text": "Potassium"}, "valueQuantity": value})
    report = {"resourceType": "DiagnosticReport", "result": [{"reference": "Observation/o"}]}
    assert result_lines(report, names) == (words,)


def test_a_result_that_the_record_does_not_hold_is_named_without_a_value() -> None:
    report = {"resourceType": "DiagnosticReport", "result": [{"reference": "Observation/gone", "display": "Sodium"}]}
    assert result_lines(report, NOBODY) == ("Sodium",)


@pytest.mark.parametrize(
    ("interpretation", "words"),
    [
        ({"coding": [{"system": HL7, "code": "HH"}]}, "Critically high"),
        ({"coding": [{"code": "L"}]}, "Low"),
        ({"text": "H", "coding": [{"system": HL7, "code": "H"}]}, "High"),
        ({"text": "Normal", "coding": [{"system": HL7, "code": "N", "display": "Normal"}]}, "Normal"),
        ({"text": "Phone the ward", "coding": [{"system": HL7, "code": "N"}]}, "Normal: Phone the ward"),
        ({"coding": [{"system": "urn:lab", "code": "N", "display": "Not tested"}]}, "Not tested"),
        (
            {"coding": [{"system": "urn:lab", "code": "S", "display": "!"}, {"system": HL7, "code": "LL"}]},
            "Critically low",
        ),
        ({"text": "See comment"}, "See comment"),
        ({"coding": [{"system": HL7, "code": "??"}]}, "??"),
    ],
)
def test_hazard_a_critical_result_that_looks_normal_flags_keep_words_and_the_meaning_of_their_system(
    interpretation: JsonObject, words: str
) -> None:
    assert flag_lines({"interpretation": [interpretation]}, NOBODY) == (words,)


def test_the_flag_of_a_component_names_it() -> None:
    high = {"coding": [{"system": HL7, "code": "H"}]}
    upper = part("271649006", "Systolic", interpretation=[high])
    assert flag_lines({"component": [upper]}, NOBODY) == ("Systolic: High",)


def test_every_reference_range_is_told() -> None:
    ranges = [{"text": "Adult 3-5"}, {"low": {"value": 2, "unit": "g"}}]
    assert range_lines({"referenceRange": ranges}, NOBODY) == ("Adult 3-5", "2 g or more")
