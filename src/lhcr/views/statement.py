"""Statements that there is none, and statements that nothing is known: entries that look like facts and are their opposite."""

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import codes_of, read_concept
from lhcr.views.json_walk import text_of

#: SNOMED CT situations and International Patient Summary codes by which somebody records that there is none.
_NONE = frozenset(
    {
        *("716186003", "409137002", "428607008", "429625007", "160245001"),
        *("no-known-allergies", "no-known-medication-allergies", "no-known-food-allergies"),
        *("no-known-environmental-allergies", "no-known-problems", "no-known-medications", "no-known-procedures"),
        *("no-known-immunizations", "no-known-devices"),
    }
)
#: Codes by which somebody records that they do not know.
_UNKNOWN = frozenset(
    {
        *("1631000175102", "no-allergy-info", "no-problem-info", "no-medication-info", "no-procedure-info"),
        *("no-immunization-info", "no-device-info"),
    }
)
_STATING = frozenset({"AllergyIntolerance", "Condition", "MedicationStatement", "Immunization", "Procedure"})
_STATED = ("code", "medicationCodeableConcept", "vaccineCode")


def statement_of(resource: JsonObject) -> tuple[str, str]:
    """`("none", words)`, `("unknown", words)` or two empty texts.

    Hazard: a code for "no information" read as "none known". The two are told apart by code, never by words.
    """
    kind = resource.get("resourceType")
    if kind == "List":
        return _empty_list(resource)
    if kind not in _STATING:
        return "", ""
    for element in _STATED:
        codes = codes_of(resource.get(element))
        if codes & _NONE:
            return "none", read_concept(resource.get(element)).title
        if codes & _UNKNOWN:
            return "unknown", read_concept(resource.get(element)).title
    return "", ""


def _empty_list(resource: JsonObject) -> tuple[str, str]:
    reason = resource.get("emptyReason")
    if reason is None or resource.get("entry"):
        return "", ""
    title = text_of(resource.get("title")) or read_concept(resource.get("code")).title or "List"
    if "nilknown" in codes_of(reason):
        return "none", f"{title}: none known"
    return "unknown", f"{title}: {read_concept(reason).title.lower()}"
