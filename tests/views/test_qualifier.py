"""Qualifiers: a modifier extension counts wherever it stands."""

from collections.abc import Callable

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry
from lhcr.views.qualifier import is_qualified
from lhcr.views.record_view import RecordView

QUALIFIED: JsonObject = {"modifierExtension": [{"url": "urn:not", "valueBoolean": True}]}


@pytest.mark.parametrize(
    "elements",
    [
        QUALIFIED,
        {"dosage": [{"text": "One a day"}, QUALIFIED]},
        {"contained": [{"resourceType": "Medication", "ingredient": [{"item": QUALIFIED}]}]},
        {"reaction": [{"manifestation": [{"text": "Rash"}], **QUALIFIED}]},
    ],
)
def test_hazard_meaning_turned_round_a_qualifier_counts_at_any_depth(elements: JsonObject) -> None:
    assert is_qualified({"resourceType": "MedicationStatement", **elements})


def test_an_entry_without_one_is_not_qualified() -> None:
    plain = {"dosage": [{"text": "modifierExtension", "extension": [{"url": "urn:x"}]}], "modifierExtension": []}
    assert not is_qualified(plain)


def test_an_entry_that_is_nested_very_deeply_is_read_to_its_end() -> None:
    deep: JsonObject = QUALIFIED
    for _ in range(5000):
        deep = {"item": [deep]}
    assert is_qualified(deep)


def test_hazard_meaning_turned_round_a_row_says_that_a_qualifier_stands_inside_its_entry(
    view: Callable[..., RecordView], entry: Callable[..., Entry]
) -> None:
    section = view(entry("MedicationStatement", status="active", dosage=[QUALIFIED])).section("medicines")
    assert section is not None
    assert "qualifier" in {mark.kind for mark in section.rows[0].marks}


def test_hazard_meaning_turned_round_the_details_of_a_person_say_that_a_qualifier_stands_in_them(
    view: Callable[..., RecordView], entry: Callable[..., Entry]
) -> None:
    section = view(entry("Patient", name=[{"family": "Ash"}], contact=[QUALIFIED])).section("demographics")
    assert section is not None
    assert "qualifier that may change its meaning" in section.facts[0].lines[0]
