"""Dates, numbers, units and codes as they were written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.views.age import age_text
from lhcr.views.concept import read_concept
from lhcr.views.dosage import dosage_lines
from lhcr.views.names import Names
from lhcr.views.narrative import narrative_lines
from lhcr.views.quantity import quantity_text, range_text
from lhcr.views.words import words_of
from lhcr.views.written_date import read_date
from lhcr.views.written_number import number_text

NAMES = Names([])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1950", "1950"),
        ("1950-03", "March 1950"),
        ("1950-03-04", "4 March 1950"),
        ("2021-03-04T14:05:00Z", "4 March 2021"),
        ("2021-06-30T23:30:00Z", "1 July 2021"),
        ("2021-06-30T23:30:00", "30 June 2021"),
    ],
)
def test_a_date_is_shown_with_the_precision_in_which_it_was_written(written: str, shown: str) -> None:
    date = read_date(written)
    assert date is not None
    assert date.shown == shown
    assert date.written == written


def test_a_moment_is_told_in_the_time_of_the_united_kingdom() -> None:
    date = read_date("2021-06-30T23:30:00Z")
    assert date is not None
    assert date.clock == "00:30"


@pytest.mark.parametrize(
    "written", ["2021-13-01", "2021-02-30", "0000", "yesterday", "", "20210304", "2021-03-04T25:00:00Z"]
)
def test_what_is_no_date_is_left_as_the_text_it_is(written: str) -> None:
    assert read_date(written) is None


@given(st.dates())
def test_dates_sort_as_the_calendar_does(day: object) -> None:
    date = read_date(str(day))
    assert date is not None
    assert str(date.as_day) == str(day)


@pytest.mark.parametrize("text", ["1.10", "0.00000010", "5", "-0.50", "120.000"])
def test_no_digit_of_a_decimal_is_lost(text: str) -> None:
    """Hazard: 1.10 shown as 1.1 claims another precision."""
    assert number_text(Decimal(text)) == text
    assert number_text(text) == text


def test_a_number_of_absurd_size_is_not_written_out() -> None:
    assert len(number_text(Decimal("1E+1000000"))) < 20


def test_a_quantity_keeps_comparator_digits_and_unit() -> None:
    quantity = {"value": Decimal("0.10"), "comparator": "<", "unit": "ng/mL", "code": "ng/mL"}
    assert quantity_text(quantity) == "< 0.10 ng/mL"


def test_a_range_with_one_bound_says_which() -> None:
    assert range_text({"high": {"value": 5, "unit": "mmol/L"}}) == "5 mmol/L or less"
    assert range_text({"low": {"value": "3.5", "unit": "mmol/L"}, "high": {"value": "5.30", "unit": "mmol/L"}}) == (
        "3.5 to 5.30 mmol/L"
    )


def test_text_and_code_that_say_different_things_are_both_shown() -> None:
    """Hazard: the clinician's words dropped for the code's, or the reverse."""
    value: JsonObject = {
        "text": "Nut allergy, carries pen",
        "coding": [{"code": "91935009", "display": "Allergy to peanut"}],
    }
    assert words_of(value, NAMES) == ("Nut allergy, carries pen", "Coded as: Allergy to peanut")


def test_the_semantic_tag_of_a_snomed_name_is_not_for_readers() -> None:
    coding = {"system": "http://snomed.info/sct", "code": "50849002", "display": "Emergency room admission (procedure)"}
    assert read_concept({"coding": [coding]}).title == "Emergency room admission"
    assert read_concept({"text": "Emergency room admission", "coding": [coding]}).coded_as == ""
    assert read_concept({"text": "Allergy (as told by her son)"}).title == "Allergy (as told by her son)"


def test_a_code_without_words_is_still_shown() -> None:
    assert read_concept({"coding": [{"system": "urn:x", "code": "Z9"}]}).title == "Z9"


def test_snomed_speaks_before_other_codings() -> None:
    value = {
        "coding": [
            {"system": "http://read.info", "code": "H33", "display": "Asthma (Read)"},
            {"system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma"},
        ]
    }
    assert read_concept(value).title == "Asthma"


def test_a_written_instruction_is_never_replaced_by_one_made_from_its_parts() -> None:
    """Hazard: a dose rebuilt from parts that contradicts what was written."""
    dosage = {
        "text": "Take ONE in the morning",
        "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
    }
    assert dosage_lines(dosage) == ("Take ONE in the morning", "Coded: 2 times a day")


def test_an_instruction_without_text_is_told_from_its_parts() -> None:
    dosage = {
        "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
        "route": {"coding": [{"display": "Oral"}]},
        "doseAndRate": [{"doseQuantity": {"value": "2.50", "unit": "mg"}}],
        "asNeededCodeableConcept": {"text": "pain"},
    }
    assert dosage_lines(dosage) == ("2.50 mg, Oral, 2 times a day, as needed for pain",)


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("2026-03-12", "3d"),
        ("2026-01-15", "8w"),
        ("2024-06-20", "20m"),
        ("2016-03-16", "9y 11m"),
        ("1950-03-16", "75y"),
        ("1950", "about 76y"),
        ("2027-01-01", "not yet born"),
    ],
)
def test_age_is_as_fine_as_it_needs_to_be_and_no_finer_than_the_birth_date(born: str, age: str) -> None:
    date = read_date(born)
    today = read_date("2026-03-15")
    assert date is not None
    assert today is not None
    assert age_text(date, today.as_day) == age


def test_narrative_loses_its_markup_and_none_of_its_words() -> None:
    div = "<div><p>Takes &lt; 2 units</p><script>alert(1)</script><table><tr><td>A</td><td>B</td></tr></table></div>"
    assert narrative_lines(div) == ("Takes < 2 units", "A B")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "coding",
                        "text",
                        "value",
                        "reference",
                        "system",
                        "low",
                        "start",
                        "family",
                        "line",
                        "time",
                        "timing",
                        "display",
                        "x",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_shape_of_value_stops_the_words(value: object) -> None:
    assert all(isinstance(line, str) for line in words_of(value, NAMES))
