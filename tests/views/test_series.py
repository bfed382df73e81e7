"""Repeated measurements become series of one code and one unit, and each number keeps its digits."""

from collections.abc import Callable

from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView
from lhcr.views.series import Test as Measured

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]
LAB = {"status": "final", "category": [{"coding": [{"code": "laboratory"}]}]}


def measured(view: RecordView, *, key: str) -> tuple[Measured, ...]:
    section = view.section(key)
    assert section is not None
    return section.tests


def lab(entry: MakeEntry, value: str, unit: str, when: str, **more: object) -> Entry:
    quantity = {"value": value, "unit": unit}
    return entry(
        "Observation", **LAB, code={"text": "Creatinine"}, effectiveDateTime=when, valueQuantity=quantity, **more
    )


def test_results_of_one_test_are_brought_together_newest_first(view: View, entry: MakeEntry) -> None:
    record = view(
        lab(entry, "80", "umol/L", "2024-01-01"),
        lab(entry, "96.50", "umol/L", "2026-01-01"),
        lab(entry, "85", "umol/L", "2025-01-01"),
    )
    (test,) = measured(record, key="results")
    assert test.latest.cell("Result") == ("96.50 umol/L",)
    assert [point.written for point in test.series[0].points] == ["80", "85", "96.50"]
    assert test.drawable


def test_values_in_another_unit_are_another_series_and_never_converted(view: View, entry: MakeEntry) -> None:
    """Hazard: mg/dL drawn on the scale of umol/L."""
    record = view(lab(entry, "80", "umol/L", "2024-01-01"), lab(entry, "0.9", "mg/dL", "2025-01-01"))
    (test,) = measured(record, key="results")
    assert [(series.unit, len(series.points)) for series in test.series] == [("mg/dL", 1), ("umol/L", 1)]
    assert not test.drawable


def test_a_cancelled_result_is_listed_and_not_drawn(view: View, entry: MakeEntry) -> None:
    cancelled = lab(entry, "1", "umol/L", "2026-02-01")
    cancelled.resource["status"] = "cancelled"
    (test,) = measured(view(cancelled, lab(entry, "80", "umol/L", "2024-01-01")), key="results")
    assert len(test.rows) == 2
    assert [point.written for point in test.series[0].points] == ["80"]


def test_a_missing_value_says_why(view: View, entry: MakeEntry) -> None:
    absent = {"coding": [{"code": "not-performed", "display": "Not Performed"}]}
    record = view(entry("Observation", **LAB, code={"text": "INR"}, dataAbsentReason=absent))
    assert measured(record, key="results")[0].latest.cell("Result") == ("No value: not performed",)


def test_blood_pressure_reads_as_one_result_and_draws_as_two_lines(view: View, entry: MakeEntry) -> None:
    pressure = [
        {
            "code": {"coding": [{"code": "271649006", "display": "Systolic"}]},
            "valueQuantity": {"value": 138, "unit": "mm[Hg]"},
        },
        {
            "code": {"coding": [{"code": "271650006", "display": "Diastolic"}]},
            "valueQuantity": {"value": 84, "unit": "mm[Hg]"},
        },
    ]
    record = view(
        entry(
            "Observation",
            status="final",
            category=[{"coding": [{"code": "vital-signs"}]}],
            code={"text": "Blood pressure"},
            component=pressure,
            effectiveDateTime="2026-01-01T09:00:00Z",
        )
    )
    (test,) = measured(record, key="examination-findings")
    assert test.latest.cell("Result") == ("138/84 mmHg",)
    assert [(series.label, series.points[0].number) for series in test.series] == [
        ("Systolic", 138.0),
        ("Diastolic", 84.0),
    ]


def test_interpretation_and_range_stand_beside_the_result(view: View, entry: MakeEntry) -> None:
    record = view(
        lab(
            entry,
            "6.9",
            "mmol/L",
            "2026-01-01",
            interpretation=[{"coding": [{"code": "HH"}]}],
            referenceRange=[{"low": {"value": "3.5", "unit": "mmol/L"}, "high": {"value": "5.3", "unit": "mmol/L"}}],
        )
    )
    latest = measured(record, key="results")[0].latest
    assert latest.cell("Flag") == ("Critically high",)
    assert latest.cell("Range") == ("3.5 to 5.3 mmol/L",)


def test_a_value_beyond_what_can_be_measured_keeps_its_comparator_among_the_points(
    view: View, entry: MakeEntry
) -> None:
    """Hazard: a chart's summary that says a value was measured which was only below the limit."""
    limit = {"value": "0.10", "comparator": "<", "unit": "ng/mL"}
    record = view(
        entry("Observation", **LAB, code={"text": "Troponin"}, effectiveDateTime="2026-01-01", valueQuantity=limit)
    )
    (point,) = measured(record, key="results")[0].series[0].points
    assert (point.written, point.number) == ("< 0.10", 0.1)
