"""Likeness: whether the demographics of two Patients can be those of one person.

Hazard: wrong person. An NHS number that was typed into the wrong record joins nobody whose birth date and family name are both
others; but one of them alone differs often enough where people marry, and where dates are mistyped.
"""

import unicodedata
from collections.abc import Iterable

from lhcr.kernel.json_types import JsonObject


def contradicts(patient: JsonObject, others: Iterable[JsonObject]) -> bool:
    """Return whether a Patient has another birth date and other family names than each of some others, who are not none."""
    known = list(others)
    return bool(known) and all(_differ(patient, other) for other in known)


def _differ(one: JsonObject, other: JsonObject) -> bool:
    """Whether both differ. What is not said differs from nothing."""
    births = one.get("birthDate"), other.get("birthDate")
    families = _families(one), _families(other)
    return all(births) and all(families) and not _same_birth(*map(str, births)) and families[0].isdisjoint(families[1])


def _same_birth(one: str, other: str) -> bool:
    """Compare FHIR dates, of which one may say the year or month alone."""
    return one.startswith(other) or other.startswith(one)


def _families(patient: JsonObject) -> frozenset[str]:
    names = (name.get("family") for name in patient.get("name") or ())
    return frozenset(folded for name in names if name and (folded := _folded(name)))


def _folded(name: str) -> str:
    """Leave what is told apart by keyboards, not by people: accents, hyphens, blanks, large letters."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
