"""Results by test, and the chart that never stands without its table."""

from datetime import UTC, datetime

import msgspec

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.measured import present_test, present_tests
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.sections.table import SectionTable
from lhcr.views.series import Test as Measured

WHERE = RecordAddresses("k", Handles(b"secret"))


def measured(table: SectionTable, *values: tuple[str, str, str, str]) -> tuple[Measured, ...]:
    entries = [
        Entry(
            {
                "resourceType": "Observation",
                "id": str(index),
                "status": "final",
                "category": [{"coding": [{"code": "laboratory"}]}],
                "code": {"text": "Potassium"},
                "effectiveDateTime": when,
                "valueQuantity": {"value": value, "unit": unit},
                "interpretation": [{"coding": [{"code": flag}]}] if flag else [],
            },
            Source("RRE", "Hospital"),
        )
        for index, (value, unit, when, flag) in enumerate(values)
    ]
    view = assemble(entries, completeness=Completeness(), table=table, now=datetime(2026, 3, 15, tzinfo=UTC))
    section = view.section("results")
    assert section is not None
    return section.tests


def test_the_latest_result_stands_first_with_its_flag_and_two_before_it(table: SectionTable) -> None:
    (line,) = present_tests(
        measured(
            table,
            ("4.10", "mmol/L", "2025-01-01", "N"),
            ("6.90", "mmol/L", "2026-01-01", "HH"),
            ("4.20", "mmol/L", "2024-01-01", "N"),
            ("4.30", "mmol/L", "2023-01-01", "N"),
        ),
        WHERE,
    )
    assert line.result == ("6.90 mmol/L",)
    assert [(tag.words, tag.colour) for tag in line.flags] == [("Critically high", "red")]
    assert line.earlier == ("4.10 mmol/L (1 January 2025)", "4.20 mmol/L (1 January 2024)")
    assert line.count == 4


def test_a_chart_holds_one_unit_and_says_in_words_what_it_draws(table: SectionTable) -> None:
    """Hazard: values of two units on one scale."""
    (test,) = measured(
        table,
        ("4.10", "mmol/L", "2025-01-01", ""),
        ("6.90", "mmol/L", "2026-01-01", ""),
        ("16", "mg/dL", "2024-01-01", ""),
    )
    page = present_test(test, WHERE)
    (chart,) = page.charts
    assert chart.title == "Potassium (mmol/L)"
    assert chart.summary == (
        "Potassium: 2 results from 1 January 2025 to 1 January 2026, lowest 4.10 mmol/L, highest 6.90 mmol/L."
    )
    assert msgspec.json.decode(chart.data)["values"][1] == [4.1, 6.9]
    assert len(page.table.rows) == 3
    assert "are not converted" in page.note


def test_one_result_makes_no_chart(table: SectionTable) -> None:
    (test,) = measured(table, ("4.10", "mmol/L", "2025-01-01", ""))
    assert present_test(test, WHERE).charts == ()
