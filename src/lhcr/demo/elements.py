"""The FHIR data types that the demonstration writes: codings, quantities, periods and references, as JSON."""

import base64
from datetime import date, timedelta
from decimal import Decimal

from lhcr.demo.codes import Code
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import CONFIDENTIALITY, UCUM

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def coding(code: Code) -> JsonObject:
    return {"system": code.system, "code": code.code, "display": code.display}


def concept(code: Code, *, text: str | None = None) -> JsonObject:
    """A CodeableConcept that always carries text, and the coding where the code is known."""
    words = text or code.display
    return {"coding": [coding(code)], "text": words} if code.code else {"text": words}


def text_only(words: str) -> JsonObject:
    return {"text": words}


def hl7(system: str, code: str, display: str) -> JsonObject:
    """A CodeableConcept of a code system that HL7 publishes at terminology.hl7.org."""
    return {"coding": [{"system": f"{_TERMINOLOGY}/{system}", "code": code, "display": display}]}


def quantity(value: float, unit: str, *, ucum: str | None = None) -> JsonObject:
    """A Quantity in UCUM; `unit` is what people read, `ucum` the code where the two differ.

    Hazard: a value mangled by binary fractions. A float is written with the digits that people see, as a Decimal.
    """
    exact = value if isinstance(value, int) else Decimal(repr(value))
    return {"value": exact, "unit": unit, "system": UCUM, "code": ucum or unit}


def moment(day: date, *, hour: int = 9, minute: int = 0) -> str:
    """A dateTime of that day in UTC, to the second."""
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}:00+00:00"


def spoken(day: date) -> str:
    """A day as a letter writes it: `3 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def period(start: date, *, end: date | None = None) -> JsonObject:
    return {"start": start.isoformat()} | ({"end": end.isoformat()} if end else {})


def encoded(words: str) -> str:
    """Text as base64, as an Attachment holds it."""
    return base64.b64encode(words.encode()).decode("ascii")


def confidentiality(code: str) -> JsonObject:
    """A security label of HL7 v3 Confidentiality: U, N, R or V."""
    display = {"U": "unrestricted", "N": "normal", "R": "restricted", "V": "very restricted"}[code]
    return {"system": CONFIDENTIALITY, "code": code, "display": display}


def before(today: date, *, days: int = 0, years: int = 0) -> date:
    """The day so long before today; a year counts 365 days, which is near enough for a demonstration."""
    return today - timedelta(days=days + 365 * years)
