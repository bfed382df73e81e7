"""An entry in full: every element with a label, however deep, and the codes behind the words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.element_label import label_of
from lhcr.views.json_walk import items_of, object_of, objects_of, text_of
from lhcr.views.names import Names
from lhcr.views.narrative import narrative_lines
from lhcr.views.plain_code import named_code, plain_value
from lhcr.views.timing import timing_text
from lhcr.views.words import words_of
from lhcr.views.written_date import read_date

_DEEPEST = 10
_MOST = 1_500
#: At the top: told elsewhere on the page. Deeper down, `text` is what a clinician wrote and is never left out.
_HIDDEN_AT_TOP = frozenset({"resourceType", "id", "meta", "text"})
_HIDDEN = frozenset({"id"})
_SYSTEMS = {
    "http://snomed.info/sct": "SNOMED CT",
    "https://dmd.nhs.uk": "dm+d",
    "http://loinc.org": "LOINC",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://unitsofmeasure.org": "UCUM",
}
#: Code systems of FHIR itself and of its profile for the United Kingdom. Clinical ones are told, for whoever looks them up.
_PLUMBING = ("http://terminology.hl7.org/CodeSystem/", "http://hl7.org/fhir/", "https://fhir.hl7.org.uk/CodeSystem/")
#: Of these a timing is told in one line; one that says more is told element by element.
_SIMPLE_REPEAT = frozenset(
    {"frequency", "frequencyMax", "period", "periodMax", "periodUnit", "when", "timeOfDay", "dayOfWeek"}
)
_CODING = frozenset({"system", "version", "code", "display", "userSelected"})
_LEAVES = (
    "coding",
    "reference",
    "numerator",
    "low",
    "high",
    "line",
    "postalCode",
    "authorString",
    "comparator",
    "unit",
)


@dataclass(frozen=True, slots=True)
class Detail:
    """A labelled element: its lines, or the elements inside it."""

    label: str
    lines: tuple[str, ...]
    children: tuple["Detail", ...] = ()


def read_detail(resource: JsonObject, names: Names) -> tuple[Detail, ...]:
    """All elements in the order in which they stand. A resource of absurd size is told up to a limit, which is said."""
    walk = _Walk(names, resource)
    found = tuple(walk.elements(resource, 0))
    return (*found, Detail("More", ("This entry is too long to show in full.",))) if walk.spent else found


def narrative_of(resource: JsonObject) -> tuple[str, ...]:
    return narrative_lines(object_of(resource.get("text")).get("div"))


class _Walk:
    def __init__(self, names: Names, holder: JsonObject) -> None:
        self._names = names
        self._holder = holder
        self._left = _MOST

    @property
    def spent(self) -> bool:
        return self._left <= 0

    def elements(self, parent: JsonObject, depth: int) -> Iterator[Detail]:
        for key, value in parent.items():
            if self.spent:
                return
            if key == "data" and isinstance(value, str):
                # A file's bytes as text say nothing to a reader; what of them is text is shown as the attachment.
                yield Detail("Data", (f"A file of {len(value)} characters, held in the entry",))
                continue
            if key in {"extension", "modifierExtension"}:
                yield from self._extensions(value, depth)
            elif key not in (_HIDDEN if depth else _HIDDEN_AT_TOP):
                yield from self._element(label_of(key), plain_value(key, value), depth)

    def _element(self, label: str, value: Any, depth: int) -> Iterator[Detail]:
        for item in items_of(value):
            self._left -= 1
            if self.spent:
                return
            line = _one_line(item)
            if line:
                yield Detail(label, (line,))
            elif isinstance(item, dict) and not _is_leaf(item) and depth < _DEEPEST:
                children = tuple(self.elements(item, depth + 1))
                if children:
                    yield Detail(label, (), children)
            else:
                lines = words_of(item, self._names, holder=self._holder) + codings_of(item)
                if lines:
                    yield Detail(label, tuple(dict.fromkeys(lines)))

    def _extensions(self, value: Any, depth: int) -> Iterator[Detail]:
        for extension in objects_of(value):
            ending = text_of(extension.get("url")).rstrip("/").rsplit("/", 1)[-1].removeprefix("Extension-")
            label = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", ending.removeprefix("UKCore-")).capitalize()
            inner = {key: item for key, item in extension.items() if key not in {"url", "id"}}
            for found in self.elements(inner, depth + 1) if depth < _DEEPEST else ():
                yield (
                    Detail(label, found.lines, found.children)
                    if found.label == "Value"
                    else Detail(label, (), (found,))
                )


def codings_of(value: Any) -> tuple[str, ...]:
    """The codes behind a coded value, each with the name of its system."""
    return tuple(
        f"{_system(text_of(coding.get('system')))} {text_of(coding.get('code'))}".strip()
        for coding in objects_of(object_of(value).get("coding"))
        if text_of(coding.get("code")) and not _is_plumbing(object_of(value), coding)
    )


def _is_plumbing(concept: JsonObject, coding: JsonObject) -> bool:
    """Whether a code is one of FHIR's own, which says nothing that its words, or those that stand for it, do not."""
    system = text_of(coding.get("system"))
    worded = text_of(concept.get("text")) or text_of(coding.get("display"))
    return bool(worded or named_code(system, text_of(coding.get("code")))) and system.startswith(_PLUMBING)


def _system(address: str) -> str:
    """The name of a code system, or the last part of its address where it has none here."""
    return _SYSTEMS.get(address) or address.rstrip("/").rsplit("/", 1)[-1]


def _one_line(item: Any) -> str:
    """A period, or a plain timing, in words; empty for everything else."""
    if not isinstance(item, dict) or not item:
        return ""
    if "code" in item and item.keys() <= _CODING:
        return " ".join((read_concept(item).title, *(f"({line})" for line in codings_of({"coding": [item]}))))
    if item.keys() <= {"start", "end"}:
        start, end = read_date(item.get("start")), read_date(item.get("end"))
        told = (
            f"From {start.with_clock}" if start else "",
            f"{'until' if start else 'Until'} {end.with_clock}" if end else "",
        )
        return " ".join(part for part in told if part) if start or end else ""
    repeat = object_of(item.get("repeat"))
    plain = item.keys() <= {"repeat", "code"} and bool(repeat) and repeat.keys() <= _SIMPLE_REPEAT
    timing = timing_text(item) if plain and "code" not in item else ""
    return timing[:1].upper() + timing[1:]


def _is_leaf(item: JsonObject) -> bool:
    return any(mark in item for mark in _LEAVES) or item.keys() <= {"text", "id", "display", "type", "identifier"}
