"""Hazard: the address of a restricted person is exposed in words; hazard: a dose is taken for a postcode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.whereabouts.written_places import without_written_places


@pytest.mark.parametrize(
    "place",
    [
        *("LS1 4AP", "ls1 4ap", "SW1A 1AA", "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "EC1A1BB", "w1a  0ax"),
        *("0113 496 0000", "07700 900123", "+44 7700 900123", "+44 (0)113 496 0000", "(0113) 496 0000", "01134960000"),
        *("somebody@refuge.example", "a.b+c@x.y.test"),
    ],
)
def test_a_place_goes_and_the_words_around_it_stay(place: str) -> None:
    left = without_written_places(f"Moved to {place}, feels safe.")
    assert left.startswith("Moved to ")
    assert left.endswith(", feels safe.")
    assert not set(place.split()) & set(left.replace(",", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "vitamin B12 5mg",
            "B12 3ng",
            "T4 3pg",
            "S1 2nd",
            "E1 5ml daily",
            "L5 4th",
            "HbA1c 48 mmol/mol",
            "C5 6DS root",
        ),
        *("NHS number 943 476 5919", "1000 mg 4 times", "2025-01-01", "0.5 mg", "BP 120/80", "0123456", "COVID-19"),
    ],
)
def test_care_stays(text: str) -> None:
    assert without_written_places(text) == text


@given(st.text(max_size=200))
def test_a_text_without_the_form_of_a_place_is_the_same_twice(text: str) -> None:
    once = without_written_places(text)
    assert without_written_places(once) == once


def test_a_hostile_text_takes_no_time() -> None:
    for part in ("0 ", "a.", "a@", "LS1 ", "+44(", "a@a."):
        without_written_places(part * 10_000)
