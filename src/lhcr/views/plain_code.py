"""Codes in plain words: what FHIR writes as a code, and no reader should meet as one."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_MARITAL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
_CONTACT = "http://terminology.hl7.org/CodeSystem/v2-0131"
#: Whatever their display says: "ambulatory" and "virtual" are words of American administration.
_BY_SYSTEM: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        _ACT: {
            "AMB": "At a surgery or clinic",
            "VR": "By telephone or video",
            "HH": "At home",
            "EMER": "Emergency",
            "IMP": "Admitted to hospital",
            "ACUTE": "Admitted to hospital",
            "NONAC": "Admitted to hospital, not acute",
            "OBSENC": "Kept for observation",
            "PRENC": "Before admission",
            "SS": "Short stay",
            "FLD": "Outside a hospital or clinic",
        },
        _MARITAL: {
            "A": "Marriage annulled",
            "D": "Divorced",
            "I": "Divorce not final",
            "L": "Legally separated",
            "M": "Married",
            "P": "Polygamous",
            "S": "Never married",
            "T": "Domestic partner",
            "U": "Unmarried",
            "W": "Widowed",
        },
        _CONTACT: {
            "C": "Emergency contact",
            "E": "Employer",
            "F": "Federal agency",
            "I": "Insurance company",
            "N": "Next of kin",
            "S": "State agency",
            "U": "Not known",
        },
    }
)
#: Elements that FHIR fills with a code of its own.
_CODED = frozenset(
    {
        *("status", "docStatus", "lifecycleStatus", "intent", "priority", "criticality", "severity", "gender", "use"),
        *("category", "type", "kind", "mode", "contentType", "language", "required", "relationship", "rank"),
        *("availability", "confidentiality", "hospitalization", "direction", "preference", "clinicalStatus"),
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "noshow": "Did not attend",
        "not-taken": "Not taking",
        "onleave": "On leave",
        "needs-action": "Awaiting an answer",
        "entered-in-error": "Entered in error",
        "unable-to-assess": "Could not be assessed",
        "stat": "Immediately",
        "asap": "As soon as possible",
        "text/plain": "Plain text",
        "text/html": "Web page",
        "application/pdf": "PDF",
        "application/xhtml+xml": "Web page",
        "application/hl7-cda+xml": "Clinical document (CDA)",
        "application/hl7-v3+xml": "Clinical document (HL7 version 3)",
        "application/msword": "Word document",
        "image/jpeg": "Picture (JPEG)",
        "image/png": "Picture (PNG)",
        "en": "English",
        "en-GB": "English",
        "en-US": "English",
        "cy": "Welsh",
        "usp": "Prescription",
    }
)
#: Letters of the longest code that may be a unit of measure.
_LONGEST_UNIT = 5
_HYPHENATED = re.compile(r"[a-z]+(?:-[a-z]+)*")


def named_code(system: str, code: str) -> str:
    """The words of a code of HL7's own systems, empty where they are left to its display."""
    return _BY_SYSTEM.get(system, {}).get(code, "")


def plain_value(element: str, value: Any) -> Any:
    """The value of an element with a code of FHIR's own put into words; every other value as it is."""
    if element not in _CODED or not isinstance(value, str):
        return [plain_value(element, item) for item in value] if isinstance(value, list) else value
    return plain_code(value)


def plain_code(code: str) -> str:
    """`on-hold` as `On hold`; what does not look like a code is left alone."""
    text = code.strip()
    if text in _WORDS:
        return _WORDS[text]
    return text.replace("-", " ").capitalize() if _HYPHENATED.fullmatch(text) else text


def worded_code(code: str) -> str:
    """A code that nobody put into words. Hazard: units mangled; `mg` is a unit and `Mg` another, so short codes stay."""
    return plain_code(code) if "-" in code or len(code) > _LONGEST_UNIT else code
