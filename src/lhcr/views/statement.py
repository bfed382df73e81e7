"""Statements that there is none, and statements that nothing is known: entries that look like facts and are their opposite."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import SNOMED, read_concept
from lhcr.views.json_walk import objects_of, text_of
from lhcr.views.qualifier import is_qualified

_IPS: Final = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
_EMPTY_REASON: Final = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
#: By kind of entry, the code that says that there is none at all: no situation of SNOMED CT or of the International Patient
#: Summary says so of another kind. Hazard: "no current problems" read as no allergies.
_NONE: Final[Mapping[str, frozenset[tuple[str, str]]]] = MappingProxyType(
    {
        "AllergyIntolerance": frozenset({(SNOMED, "716186003"), (_IPS, "no-known-allergies")}),
        "Condition": frozenset({(SNOMED, "160245001"), (_IPS, "no-known-problems")}),
        "MedicationStatement": frozenset({(_IPS, "no-known-medications")}),
        "Immunization": frozenset({(_IPS, "no-known-immunizations")}),
        "Procedure": frozenset({(_IPS, "no-known-procedures")}),
    }
)
#: Codes that say so of some alone. Hazard: "no known food allergies" read as no allergies.
_OF_SOME: Final = frozenset(
    {
        *((SNOMED, code) for code in ("409137002", "428607008", "429625007")),
        *((_IPS, f"no-known-{some}-allergies") for some in ("medication", "food", "environmental")),
    }
)
#: Codes by which somebody records that they do not know.
_UNKNOWN: Final = frozenset(
    {
        *((SNOMED, code) for code in ("1631000175102", "716220001")),
        *((_IPS, f"no-{of}-info") for of in ("allergy", "problem", "medication", "procedure", "immunization")),
    }
)
_Phrases = tuple[frozenset[str], ...]
_STATED: Final = ("code", "medicationCodeableConcept", "vaccineCode")
#: What nobody writes of something that there is not.
_CONTRADICTS: Final = ("reaction", "criticality", "dosage")
_ALL_WORDS: Final = frozenset(
    [
        "no",
        "nil",
        "none",
        "not",
        "nothing",
        "known",
        "nka",
        "any",
        "of",
        "to",
        "about",
        "and",
        "or",
        "recorded",
        "reported",
        "stated",
        "current",
        "currently",
        "list",
        "document",
        "patient",
        "has",
        "have",
        "the",
        "allergy",
        "allergies",
        "allergic",
        "adverse",
        "reaction",
        "reactions",
        "intolerance",
        "intolerances",
        "disorder",
        "problem",
        "problems",
        "condition",
        "conditions",
        "disability",
        "procedure",
        "procedures",
        "immunisation",
        "immunisations",
        "immunization",
        "immunizations",
        "vaccination",
        "vaccinations",
        "medication",
        "medications",
        "medicine",
        "medicines",
    ]
)
_OTHER_WORDS: Final = frozenset(
    [
        "nkda",
        "drug",
        "drugs",
        "food",
        "foods",
        "environment",
        "environmental",
        "unknown",
        "information",
        "available",
        "asked",
        "history",
        "status",
        "is",
        "are",
        "been",
        "was",
        "unable",
        "obtain",
    ]
)
_MEDICINES: Final = frozenset(["medication", "medications", "medicine", "medicines"])
_NONE_WORDS: Final = frozenset({"no", "nil", "none", "nothing", "nka"})
_NEGATING: Final = _NONE_WORDS | {"nkda", "not", "unknown", "unable"}


def statement_of(resource: JsonObject) -> tuple[str, str]:
    """`("none", words)`, `("some", words)` for none of some kinds alone, `("unknown", words)` or two empty texts.

    Hazards: a real allergy shown as none, because one of its codes reads like a code of none, or because its words and its code
    contradict each other; "no information" read as "none known". Codes state, each in its own system; a word that could name
    a substance, a reaction or a risk takes the statement back, and the entry is shown as what it is about.
    """
    kind = text_of(resource.get("resourceType"))
    if kind == "List":
        return _empty_list(resource)
    value = next((resource[element] for element in _STATED if element in resource), None)
    if kind not in _NONE or value is None or any(resource.get(element) for element in _CONTRADICTS):
        return "", ""
    said = _said(kind, value)
    phrases = _phrases(value)
    if not said or not all(_is_of_nothing(phrase) for phrase in phrases):
        return "", ""
    return _weighed(kind, said, phrases, qualified=is_qualified(resource)), read_concept(value).title


def _is_of_nothing(phrase: frozenset[str]) -> bool:
    return phrase <= _ALL_WORDS | _OTHER_WORDS and not phrase.isdisjoint(_NEGATING)


def _weighed(kind: str, said: frozenset[str], phrases: _Phrases, *, qualified: bool) -> str:
    """The weakest of what codes and words state."""
    if said == {"unknown"}:
        return "unknown"
    general = all(_is_general(kind, phrase) for phrase in phrases)
    return "none" if said == {"none"} and general and not qualified else "some"


def _is_general(kind: str, phrase: frozenset[str]) -> bool:
    narrow = _MEDICINES if kind == "AllergyIntolerance" else frozenset[str]()
    return phrase <= _ALL_WORDS - narrow - {"not"} and not phrase.isdisjoint(_NONE_WORDS)


def _said(kind: str, value: Any) -> frozenset[str]:
    """What the codings state; `other` for one without words that nobody here can read. Empty where none of them states."""
    said = frozenset(_meaning(kind, coding) for coding in _codings(value)) - {""}
    return said if said != {"other"} else frozenset()


def _meaning(kind: str, coding: JsonObject) -> str:
    code = (text_of(coding.get("system")), text_of(coding.get("code")))
    if code in _NONE[kind]:
        return "none"
    if kind == "AllergyIntolerance" and code in _OF_SOME:
        return "some"
    if code in _UNKNOWN:
        return "unknown"
    return "" if text_of(coding.get("display")) else "other"


def _codings(value: Any) -> Iterator[JsonObject]:
    return (coding for concept in objects_of(value) for coding in objects_of(concept.get("coding")))


def _phrases(value: Any) -> _Phrases:
    """The words of each text and display, without their semantic tags."""
    said = [text_of(concept.get("text")) for concept in objects_of(value)]
    said += [text_of(coding.get("display")) for coding in _codings(value)]
    plain = (re.sub(r"\((?:situation|finding)\)$", "", each.casefold()) for each in said)
    return tuple(frozenset(re.findall(r"[^\W_]+", each)) for each in plain if each)


def _empty_list(resource: JsonObject) -> tuple[str, str]:
    reason = resource.get("emptyReason")
    if reason is None or resource.get("entry"):
        return "", ""
    title = text_of(resource.get("title")) or read_concept(resource.get("code")).title or "List"
    codes = {(text_of(coding.get("system")), text_of(coding.get("code"))) for coding in _codings(reason)}
    if codes == {(_EMPTY_REASON, "nilknown")}:
        # Hazard: a list of food allergies, or a list whose title says what it leaves out, read as all of them.
        words = frozenset[str]().union(*_phrases({"text": title}), *_phrases(resource.get("code")))
        whole = words <= _ALL_WORDS - _MEDICINES or words <= _MEDICINES | {"list", "current"}
        return ("none" if whole and not is_qualified(resource) else "some"), f"{title}: none known"
    return "unknown", f"{title}: {read_concept(reason).title.lower()}"
