"""Measurements and reports: single values, blood pressures with two components, and reports that gather them."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from lhcr.demo import codes
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import concept, hl7, moment, quantity
from lhcr.demo.measures import Measure
from lhcr.demo.organisations import HOSPITAL
from lhcr.kernel.json_types import JsonObject

_CATEGORIES: Final = {
    "laboratory": "Laboratory",
    "vital-signs": "Vital Signs",
    "survey": "Survey",
    "social-history": "Social History",
}
_LABORATORY: Final = {"reference": f"Organization/{HOSPITAL.slug}", "display": "Pathology, Aldermere Royal Infirmary"}


def write_value(chart: Chart, measure: Measure, value: float, *, day: date, by: JsonObject | None = None) -> str:
    """Write one value with unit, reference range and interpretation; without `by` the laboratory performed it."""
    body = _observation(measure.category, measure.code, day=day, by=by or _LABORATORY)
    body["valueQuantity"] = quantity(measure.rounded(value), measure.unit, ucum=measure.ucum)
    if measure.low is None and measure.high is None:
        return chart.add("Observation", body)
    body["interpretation"] = [_interpretation(measure, value)]
    body["referenceRange"] = [_range(measure)]
    return chart.add("Observation", body)


def write_blood_pressure(chart: Chart, systolic: int, diastolic: int, *, day: date, by: JsonObject) -> str:
    body = _observation("vital-signs", codes.BLOOD_PRESSURE, day=day, by=by)
    body["component"] = [
        {"code": concept(code), "valueQuantity": quantity(value, "mmHg", ucum="mm[Hg]")}
        for code, value in ((codes.SYSTOLIC, systolic), (codes.DIASTOLIC, diastolic))
    ]
    body["bodySite"] = concept(codes.LEFT_UPPER_ARM)
    return chart.add("Observation", body)


def write_finding(chart: Chart, code: Code, value: JsonObject, *, day: date, by: JsonObject) -> str:
    """Write something observed that is not a measurement; `value` holds one value element, such as valueString."""
    return chart.add("Observation", _observation("social-history", code, day=day, by=by) | value)


def write_report(chart: Chart, code: Code, results: Sequence[str], *, day: date, conclusion: str = "") -> str:
    """Write a laboratory report over results that the same chart holds."""
    body: JsonObject = {
        "status": "final",
        "category": [hl7("v2-0074", "LAB", "Laboratory")],
        "code": concept(code),
        "effectiveDateTime": moment(day, hour=8, minute=40),
        "issued": moment(day, hour=16, minute=5),
        "performer": [_LABORATORY],
        "result": [{"reference": result} for result in results],
    }
    return chart.add("DiagnosticReport", body | ({"conclusion": conclusion} if conclusion else {}))


def _observation(category: str, code: Code, *, day: date, by: JsonObject) -> JsonObject:
    return {
        "status": "final",
        "category": [hl7("observation-category", category, _CATEGORIES[category])],
        "code": concept(code),
        "effectiveDateTime": moment(day, hour=8, minute=40),
        "performer": [by],
    }


def _interpretation(measure: Measure, value: float) -> JsonObject:
    code, display = measure.interpretation(measure.rounded(value))
    return hl7("v3-ObservationInterpretation", code, display)


def _range(measure: Measure) -> JsonObject:
    bounds = {"low": measure.low, "high": measure.high}
    known = {name: bound for name, bound in bounds.items() if bound is not None}
    written: JsonObject = {name: quantity(bound, measure.unit, ucum=measure.ucum) for name, bound in known.items()}
    return written | {
        "text": f"{measure.low or 0:g} to {measure.high:g}" if measure.high else f"{measure.low:g} or more"
    }
