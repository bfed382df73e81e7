"""Entries about the same thing share a key, and no others do."""

import pytest

from lhcr.views.likeness import medicine_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ramipril 2.5mg capsules", "Ramipril 5mg capsules"),
        ("Paracetamol 500mg tablets", "Paracetamol 120mg/5ml oral suspension"),
        ("Sodium alginate 500mg/10ml oral suspension", "Sodium alginate 500mg / 10ml oral suspension"),
        (
            "Fluticasone 250micrograms/dose / Salmeterol 50micrograms/dose dry powder inhaler",
            "Fluticasone 500micrograms/dose / Salmeterol 50micrograms/dose dry powder inhaler",
        ),
    ],
)
def test_strength_and_form_make_no_other_medicine(one: str, other: str) -> None:
    assert medicine_key(one) == medicine_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acetaminophen 500 MG Oral Tablet", "Acetaminophen 325 MG / Oxycodone 10 MG Oral Tablet"),
        (
            "Fluticasone 50micrograms/dose inhaler",
            "Fluticasone 50micrograms/dose / Salmeterol 25micrograms/dose inhaler",
        ),
        ("Paracetamol 500mg tablets", "Paracetamol 500mg + Codeine 30mg tablets"),
    ],
)
def test_another_ingredient_makes_another_medicine(one: str, other: str) -> None:
    """Hazard: a stopped medicine hidden behind another, and a conflict where there is none."""
    assert medicine_key(one) != medicine_key(other)
