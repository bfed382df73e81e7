"""What tells where somebody is wherever in an entry it stands: addresses, telephone numbers, coordinates, the words of documents, and
who gave the care where that is said in words alone.

Hazard: the address of a restricted person is exposed, in an extension, an answer or a backbone that no list of elements names.
"""

from types import MappingProxyType
from typing import Any, Final

from lhcr.fhir.whereabouts.written_places import without_written_places
from lhcr.kernel.json_types import JsonObject

_REMOVED: Final = frozenset(
    {"locationAddress", "locationReference", "locationUri", "valueAddress", "valueContactDetail", "valueContactPoint"}
)
_OF_DOCUMENT: Final = frozenset({"data", "url", "hash"})
_DOCUMENTS: Final = frozenset({"attachment", "presentedForm", "image", "photo"})
_COORDINATES: Final = ("geolocation", "latitude", "longitude")
#: References to whoever gives, brings, keeps or reports care. Where they have words alone, these say who it is.
# fmt: off
_GIVERS: Final = frozenset({
    "actor", "asserter", "assigner", "attester", "authenticator", "author", "authority", "collector", "consentingParty", "consultant",
    "counselor", "custodian", "destination", "endpoint", "enterer", "facility", "handler", "individual", "informationSource",
    "insurer", "interpreter", "issuer", "manager", "managingOrganization", "member", "observer", "onBehalfOf", "operator",
    "organization", "origin", "owner", "party", "payee", "payor", "performer", "performingOrganization", "provider", "receiver",
    "recipient", "recorder", "reporter", "requester", "requestingOrganization", "responsible", "resultsInterpreter", "sender",
    "serviceProvider", "signer", "site", "source", "sponsor", "supplier", "valueReference", "verifiedBy", "verifiedWith", "who",
    "witness",
})
# fmt: on
_LITERALLY: Final = frozenset({"reference", "identifier", "system", "code", "value", "text", "coding"})
#: Texts that are no words: what they name or count would be lost with what looks like a place.
_NO_WORDS: Final = frozenset(
    {
        "code",
        "contentType",
        "data",
        "id",
        "reference",
        "resourceType",
        "status",
        "system",
        "unit",
        "url",
        "value",
        "version",
    }
)
_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_MASKED: Final = MappingProxyType({"extension": [{"url": _ABSENT, "valueCode": "masked"}]})


def without_places_anywhere(entry: JsonObject) -> JsonObject:
    """Return what is left of an entry."""
    return {name: kept for name, value in entry.items() if (kept := _member(name, value)) is not _NOTHING}


_NOTHING: Final = object()


def _member(name: str, value: Any) -> Any:
    """Return what is left of a member of an object, `_NOTHING` where that is nothing."""
    plain = name.removeprefix("_")
    if plain in _REMOVED or (name == "location" and not _is_of_a_body(value)):
        return _NOTHING
    if name in _GIVERS and _is_in_words(value):
        return dict(_MASKED)
    left: Any = value
    if isinstance(value, str):
        return value if name in _NO_WORDS else without_written_places(value)
    if isinstance(value, dict):
        left = _object(name, value)
    elif isinstance(value, list):
        left = [kept for each in value if (kept := _item(name, each)) is not _NOTHING]
    return _NOTHING if left in ({}, []) and value else left


def _item(name: str, value: Any) -> Any:
    if name in _GIVERS and _is_in_words(value):
        return dict(_MASKED)
    if not isinstance(value, dict):
        return without_written_places(value) if isinstance(value, str) and name not in _NO_WORDS else value
    if name in {"extension", "modifierExtension"} and str(value.get("url")).casefold().endswith(_COORDINATES):
        return _NOTHING
    left = _object(name, value)
    return left if left or not value else _NOTHING


def _object(name: str, value: JsonObject) -> JsonObject:
    left = without_places_anywhere(value)
    if name in _DOCUMENTS or name.endswith("Attachment") or (name == "content" and "contentType" in value):
        return {each: kept for each, kept in left.items() if each.removeprefix("_") not in _OF_DOCUMENT}
    return left


def _is_of_a_body(location: Any) -> bool:
    """Whether a location is one in a body (BodyStructure), which is said as a concept, and not one in the world."""
    return isinstance(location, dict) and not {"coding", "text"}.isdisjoint(location)


def _is_in_words(value: Any) -> bool:
    """Whether a value is a Reference that says in words alone whom it means."""
    return isinstance(value, dict) and "display" in value and _LITERALLY.isdisjoint(value)
