"""Likeness: whether the demographics of two Patients can be those of one person.

Hazard: wrong person. An NHS number that was typed into the wrong record, often that of somebody of the same family, joins
nobody whose birth date is another and whose name or gender is another too; but one of them alone differs often enough where
people marry, and where dates are mistyped.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from lhcr.kernel.json_types import JsonObject

_FULL_DATE = len("1950-01-01")
#: Words of a family name in a name that is written as a whole: `van der Berg Smith`.
_LONGEST_FAMILY = 4
#: The letters that a name shares with what it is shortened to: Chris, Christine.
_NICKNAME = 3
#: What people who are nobody's relatives share.
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "master", "dr", "prof", "sir", "dame", "rev"})


def contradicts(patient: JsonObject, others: Iterable[JsonObject]) -> bool:
    """Return whether a Patient has another birth date, and another name or gender, than each of some others, who are not none."""
    known = list(others)
    return bool(known) and all(_differ(patient, other) for other in known)


def _differ(one: JsonObject, other: JsonObject) -> bool:
    """Whether birth dates differ with family names, or full birth dates with given names or genders, or given names with genders
    whatever the birth date. What is not said differs from nothing.
    """
    if _is_other_by_names_and_gender(one, other):
        return True
    births = str(one.get("birthDate") or ""), str(other.get("birthDate") or "")
    if not all(births) or _same_birth(*births):
        return False
    if _are_apart(_families(one), _families(other)):
        return True
    full = all(len(birth) == _FULL_DATE for birth in births)
    return full and (_have_other_given_names(one, other) or _are_apart(_gender(one), _gender(other)))


def _is_other_by_names_and_gender(one: JsonObject, other: JsonObject) -> bool:
    """Whether one is a girl and the other a boy of other names.

    Hazard: wrong person. Twins have one birth date. What is called a nickname of the other's name differs in nothing.
    """
    if _gender(one) | _gender(other) != {"female", "male"} or not _have_other_given_names(one, other):
        return False
    ones, others = _given(one, relative=other), _given(other, relative=one)
    return not any(each[:_NICKNAME] == name[:_NICKNAME] for each in ones for name in others)


def _have_other_given_names(one: JsonObject, other: JsonObject) -> bool:
    """Whether no given name is the same. An initial is the same as what it begins."""
    ones, others = _given(one, relative=other), _given(other, relative=one)
    if not _are_apart(ones, others):
        return False
    return _letters(ones).isdisjoint(each[0] for each in others) and _letters(others).isdisjoint(
        each[0] for each in ones
    )


def _letters(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) == 1)


def _same_birth(one: str, other: str) -> bool:
    """Compare FHIR dates, of which one may say the year or month alone."""
    return one.startswith(other) or other.startswith(one)


def _are_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and one.isdisjoint(other)


def _families(patient: JsonObject) -> frozenset[str]:
    """The family names; of a name that is only written as a whole, whatever in it may be one."""
    found: set[str] = set()
    for name in patient.get("name") or ():
        family = _folded(name.get("family") or "")
        found.update([family] if family else _runs(_words(name.get("text") or "")))
    return frozenset(found)


def _runs(words: list[str]) -> Iterator[str]:
    """Words and neighbours together, as a family name of several words is folded."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_FAMILY, len(words)) + 1):
            yield "".join(words[start:end])


def _given(patient: JsonObject, *, relative: JsonObject) -> frozenset[str]:
    """The given names; of a name that has none apart, its words without the family names of whom it is compared with."""
    shared = {word for name in relative.get("name") or () for word in _words(name.get("family") or "")}
    found: set[str] = set()
    for name in patient.get("name") or ():
        given = _words(" ".join(each for each in name.get("given") or () if each))
        found.update(given or (word for word in _words(name.get("text") or "") if word not in shared))
    return frozenset(found)


def _words(name: str) -> list[str]:
    """The words of a name, folded, without titles."""
    return [word for each in name.split() if (word := _folded(each)) and word not in _TITLES]


def _gender(patient: JsonObject) -> frozenset[str]:
    """The administrative gender, where it is known."""
    gender = patient.get("gender")
    return frozenset({gender} if gender and gender != "unknown" else ())


def _folded(name: str) -> str:
    """Leave what is told apart by keyboards, not by people: accents, hyphens, blanks, large letters."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
