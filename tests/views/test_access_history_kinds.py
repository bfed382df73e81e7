"""Kinds of information: sections of what may be seen, and nothing of what may not."""

from lhcr.views.access_history_kinds import Kinds
from lhcr.views.entry import Entry, Source
from lhcr.views.sections.table import load_sections

SOURCE = Source("A81001", "The Surgery")
ENTRIES = [
    Entry({"resourceType": "Patient", "id": "p"}, SOURCE),
    Entry({"resourceType": "MedicationRequest", "id": "m"}, SOURCE),
    Entry({"resourceType": "AllergyIntolerance", "id": "a"}, SOURCE),
    Entry({"resourceType": "Basic", "id": "b"}, SOURCE),
]


def test_kinds_are_sections_in_their_order_each_once() -> None:
    kinds = Kinds(ENTRIES, table=load_sections())
    assert kinds.of(["Basic/b", "MedicationRequest/m", "AllergyIntolerance/a", "Patient/p", "Patient/p"]) == (
        "Person details",
        "Allergies and adverse reactions",
        "Medicines and medical devices",
        "Other information",
    )


def test_hazard_sensitive_item_exposed_what_is_not_among_the_readers_own_entries_has_no_kind() -> None:
    kinds = Kinds(ENTRIES, table=load_sections(), closed={"medicines"})
    assert kinds.of(["Condition/hidden", "MedicationRequest/m", "Patient/somebody-else"]) == ()
