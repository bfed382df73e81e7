"""Differences: what the sources of a record say otherwise than each other about who its person is.

Hazard: the wrong person. Demographics that are folded to one read as if everybody agreed, also where one source gave the number
of another person; so what differs is said, with who says it.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry, Source
from lhcr.views.json_walk import text_of
from lhcr.views.person import is_dead, nhs_number_text, sex_text
from lhcr.views.person_name import read_name
from lhcr.views.written_date import read_date

_DATE = len("1950-01-01")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that sources differ in, and each value with those who say it."""

    label: str
    told: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"Sources differ in {self.label}: {'; '.join(self.told)}."


@dataclass(frozen=True, slots=True)
class _Aspect:
    """`shown` is empty where nothing is said; what agrees is the same as far as both say it."""

    label: str
    shown: Callable[[JsonObject], str]
    agree: Callable[[JsonObject, JsonObject], bool]


def differences(patients: Sequence[Entry]) -> tuple[Difference, ...]:
    """What the Patients of one person contradict each other in. What one leaves out, or says less fully, is no difference."""
    found = (_difference(aspect, patients) for aspect in _ASPECTS) if len(patients) > 1 else ()
    return tuple(each for each in found if each)


def _difference(aspect: _Aspect, patients: Sequence[Entry]) -> Difference | None:
    sources: dict[str, list[Source]] = {}
    said: dict[str, JsonObject] = {}
    for entry in patients:
        if shown := aspect.shown(entry.resource):
            said.setdefault(shown, entry.resource)
            sources.setdefault(shown, []).append(entry.source)
    if all(aspect.agree(one, other) for one, other in combinations(said.values(), 2)):
        return None
    return Difference(aspect.label, tuple(_told(shown, who) for shown, who in sources.items()))


def _told(shown: str, sources: Sequence[Source]) -> str:
    """A value with its sources; without them where they are not told, because they would say where somebody lives."""
    named = ", ".join(dict.fromkeys(source.shown for source in sources if source.ods))
    return f"{shown} ({named})" if named else shown


def _begin_alike(one: str, other: str) -> bool:
    """Whether dates agree, of which one may say the year or month alone."""
    return one.startswith(other) or other.startswith(one)


def _birth(patient: JsonObject) -> str:
    date = read_date(patient.get("birthDate"))
    return date.shown if date else text_of(patient.get("birthDate"))


def _same_birth(one: JsonObject, other: JsonObject) -> bool:
    return _begin_alike(text_of(one.get("birthDate")), text_of(other.get("birthDate")))


def _name(patient: JsonObject) -> str:
    return read_name(patient.get("name")).shown


def _same_name(one: JsonObject, other: JsonObject) -> bool:
    """Whether one name has every word of the other: a middle name that somebody leaves out is no other name."""
    ones, others = _words(one), _words(other)
    return _covers(ones, others) or _covers(others, ones)


def _covers(words: frozenset[str], fewer: frozenset[str]) -> bool:
    initials = {word[0] for word in words}
    return all(word in words or (len(word) == 1 and word in initials) for word in fewer)


def _words(patient: JsonObject) -> frozenset[str]:
    name = read_name(patient.get("name"))
    parts = f"{name.given} {name.family}".strip() or name.text
    folded = unicodedata.normalize("NFKD", parts.casefold()).replace("-", " ")
    words = ("".join(letter for letter in word if letter.isalnum()) for word in folded.split())
    return frozenset(word for word in words if word)


def _sex(patient: JsonObject) -> str:
    return sex_text(patient) if _gender(patient) else ""


def _gender(patient: JsonObject) -> str:
    gender = text_of(patient.get("gender"))
    return "" if gender == "unknown" else gender


def _same_sex(one: JsonObject, other: JsonObject) -> bool:
    return _gender(one) == _gender(other)


def _number(patient: JsonObject) -> str:
    number = nhs_number_text(patient)
    return number if number[:1].isdigit() else ""


def _same_number(one: JsonObject, other: JsonObject) -> bool:
    return _number(one).partition(" (")[0] == _number(other).partition(" (")[0]


def _death(patient: JsonObject) -> str:
    """A death with its date, or that somebody says that there was none."""
    if not is_dead(patient):
        return "living" if patient.get("deceasedBoolean") is False else ""
    date = read_date(patient.get("deceasedDateTime"))
    return date.shown if date else "died, date not recorded"


def _same_death(one: JsonObject, other: JsonObject) -> bool:
    if is_dead(one) != is_dead(other):
        return False
    return _begin_alike(*(text_of(each.get("deceasedDateTime"))[:_DATE] for each in (one, other)))


_ASPECTS = (
    _Aspect("name", _name, _same_name),
    _Aspect("date of birth", _birth, _same_birth),
    _Aspect("date of death", _death, _same_death),
    _Aspect("sex", _sex, _same_sex),
    _Aspect("NHS number", _number, _same_number),
)
