"""Who gave the care, taken out of an entry about somebody whose places are withheld."""

from lhcr.fhir.whereabouts.givers import without_givers

KINDS = [{"text": "Outpatient"}]


def test_what_an_entry_says_of_its_own_kinds_is_left_as_it_is() -> None:
    """An element named `type` holds concepts of any shape; only that of a reference names whom it leads to."""
    encounter = {
        "resourceType": "Encounter",
        "type": KINDS,
        "serviceProvider": {"type": "Organization", "display": "Hideaway"},
        "participant": [{"type": KINDS, "individual": {"reference": "Practitioner/1", "display": "Hideaway"}}],
    }
    left = without_givers(encounter)
    assert left["type"] == KINDS
    assert left["participant"][0]["type"] == KINDS
    assert "Hideaway" not in str(left)
