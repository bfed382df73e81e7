"""Which function turns a node of an element type into the values of a search parameter's kind."""

from collections.abc import Callable
from typing import Any

from lhcr.fhir.search import dates, quantities, references, strings, tokens
from lhcr.fhir.search.parameter import Kind


def _itself(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _position(value: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    latitude, longitude = value.get("latitude"), value.get("longitude")
    return () if latitude is None or longitude is None else ((float(latitude), float(longitude)),)


def _family(kind: Kind, convert: Callable[[Any], Any], types: str) -> dict[tuple[Kind, str], Callable[[Any], Any]]:
    return dict.fromkeys(((kind, name) for name in types.split()), convert)


# Every pair that R4's parameters meet; a pair that is missing stops the compiler.
CONVERSIONS: dict[tuple[Kind, str], Callable[[Any], Any]] = {
    **_family(Kind.TOKEN, tokens.coding, "Coding"),
    **_family(Kind.TOKEN, tokens.codeable_concept, "CodeableConcept"),
    **_family(Kind.TOKEN, tokens.identifier, "Identifier"),
    **_family(Kind.TOKEN, tokens.contact_point, "ContactPoint"),
    **_family(Kind.TOKEN, tokens.code, "code id string uri"),
    **_family(Kind.TOKEN, tokens.boolean, "boolean"),
    **_family(Kind.TOKEN, tokens.extension, "Extension"),
    **_family(Kind.DATE, dates.primitive, "date dateTime instant"),
    **_family(Kind.DATE, dates.period, "Period"),
    **_family(Kind.DATE, dates.timing, "Timing"),
    **_family(Kind.STRING, strings.primitive, "string markdown"),
    **_family(Kind.STRING, strings.human_name, "HumanName"),
    **_family(Kind.STRING, strings.address, "Address"),
    **_family(Kind.STRING, strings.extension, "Extension"),
    **_family(Kind.NUMBER, quantities.number, "decimal integer"),
    **_family(Kind.NUMBER, quantities.number_range, "Range"),
    **_family(Kind.QUANTITY, quantities.quantity, "Quantity Age Duration"),
    **_family(Kind.QUANTITY, quantities.quantity_range, "Range"),
    **_family(Kind.QUANTITY, quantities.money, "Money"),
    **_family(Kind.QUANTITY, quantities.sampled_data, "SampledData"),
    **_family(Kind.URI, _itself, "uri url canonical"),
    **_family(Kind.REFERENCE, references.reference, "Reference"),
    **_family(Kind.REFERENCE, references.canonical, "canonical uri"),
    **_family(Kind.REFERENCE, references.extension, "Extension"),
    **_family(Kind.REFERENCE, references.inlined, "Resource"),
    **_family(Kind.POSITION, _position, "Location.position"),
}

# Choices of an element that a parameter's expression reaches but that hold no value of its kind: an onset told as an age
# is no date, an attached consent form refers to nothing.
NO_VALUE: frozenset[tuple[Kind, str]] = frozenset(
    {
        (Kind.DATE, "Age"),
        (Kind.DATE, "CodeableConcept"),
        (Kind.DATE, "Range"),
        (Kind.DATE, "string"),
        (Kind.TOKEN, "Quantity"),
        (Kind.TOKEN, "Range"),
        (Kind.TOKEN, "Reference"),
        (Kind.REFERENCE, "Attachment"),
    }
)
