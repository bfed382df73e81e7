"""People without places: the elements of Patient, RelatedPerson and Person that are left of somebody who is restricted.

An allow-list. Hazard: an address in an element, extension or contained resource that nobody thought of.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER

_UK_CORE: Final = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
_HL7: Final = "http://hl7.org/fhir/StructureDefinition/"
_EXTENSIONS: Final = frozenset(
    {
        f"{_UK_CORE}BirthSex",
        f"{_UK_CORE}DeathNotificationStatus",
        f"{_UK_CORE}EthnicCategory",
        f"{_UK_CORE}NHSNumberVerificationStatus",
        f"{_HL7}data-absent-reason",
        f"{_HL7}patient-birthTime",
        f"{_HL7}patient-genderIdentity",
        f"{_HL7}patient-interpreterRequired",
    }
)
#: Hazard: meaning turned round, and nobody told. Of a modifier extension it is left that there is one, at whatever depth, and
#: nothing of what it says, since an address may stand in it.
_MODIFIED: Final[Mapping[str, Any]] = MappingProxyType(
    {"url": "urn:lhcr:modifier-extension-withheld", "valueBoolean": True}
)
_NAME: Final = ("use", "text", "family", "given", "prefix", "suffix", "period")
_IDENTIFIER: Final = ("use", "system", "value", "period")
_PEOPLE_LINKED: Final = ("Patient/", "RelatedPerson/", "Person/")

_Left = Callable[[Any], Any]
"""What is left of an element's value; nothing of it where that is empty or None."""


def _whole(value: Any) -> Any:
    return value


def _members(*names: str) -> _Left:
    def left(value: Any) -> Any:
        return {name: value[name] for name in names if name in value} if isinstance(value, dict) else None

    return left


def _each(left: _Left) -> _Left:
    def every(value: Any) -> Any:
        return [kept for item in value if (kept := left(item))] if isinstance(value, list) else left(value)

    return every


def _identifier(value: Any) -> Any:
    """Whose other numbers somebody has tells where they are seen."""
    if not isinstance(value, dict) or value.get("system") != NHS_NUMBER:
        return None
    verified = _extensions(value.get("extension"))
    return ({"extension": verified} if verified else {}) | _members(*_IDENTIFIER)(value)


def _extensions(value: Any) -> Any:
    return [each for each in value or () if isinstance(each, dict) and each.get("url") in _EXTENSIONS]


def _coded(value: Any) -> Any:
    """A concept by its codes: its words are free, unless there is nothing else."""
    return _members("coding" if isinstance(value, dict) and value.get("coding") else "text")(value)


def _contact(value: Any) -> Any:
    kept: JsonObject = _members("name", "gender", "period")(value) or {}
    if not kept.get("name"):
        # FHIR wants a name where there is no other detail (pat-1).
        return None
    role = _each(_coded)(value.get("relationship") or [])
    return ({"relationship": role} if role else {}) | kept | {"name": _members(*_NAME)(kept["name"])}


def _reference(value: Any) -> Any:
    """A reference to a person; words beside it, or what is behind any other, could say where they are."""
    literal = value.get("reference") if isinstance(value, dict) else None
    return {"reference": literal} if isinstance(literal, str) and literal.startswith(_PEOPLE_LINKED) else None


def _linked(element: str, *more: str) -> _Left:
    def left(value: Any) -> Any:
        named = _reference(value.get(element)) if isinstance(value, dict) else None
        return {element: named} | _members(*more)(value) if named else None

    return left


def _subject(value: Any) -> Any:
    identifier = _identifier(value.get("identifier")) if isinstance(value, dict) else None
    return (_reference(value) or {}) | ({"identifier": identifier} if identifier else {})


_SOMEBODY: Final[Mapping[str, _Left]] = {
    "resourceType": _whole,
    "id": _whole,
    "language": _whole,
    "identifier": _each(_identifier),
    "extension": _extensions,
    "active": _whole,
    "name": _each(_members(*_NAME)),
    "gender": _whole,
    "birthDate": _whole,
}
_LEFT: Final[Mapping[str, Mapping[str, _Left]]] = MappingProxyType(
    {
        "Patient": {
            **_SOMEBODY,
            "deceasedBoolean": _whole,
            "deceasedDateTime": _whole,
            "maritalStatus": _coded,
            "multipleBirthBoolean": _whole,
            "multipleBirthInteger": _whole,
            "contact": _each(_contact),
            "communication": _each(_members("language", "preferred")),
            "link": _each(_linked("other", "type")),
        },
        "RelatedPerson": {
            **_SOMEBODY,
            "patient": _subject,
            "relationship": _each(_coded),
            "period": _whole,
            "communication": _each(_members("language", "preferred")),
        },
        "Person": {**_SOMEBODY, "link": _each(_linked("target", "assurance"))},
    }
)
PEOPLE: Final = frozenset(_LEFT)
"""The types that describe somebody."""


def person_without_places(person: JsonObject) -> JsonObject:
    """Return what is left of a resource of `PEOPLE`, but for its meta.

    Beside a primitive (`_birthDate`) stand extensions, of which only the listed ones are left.
    """
    left: JsonObject = {"modifierExtension": [dict(_MODIFIED)]} if _is_modified(person) else {}
    for name, value in person.items():
        reduce = _LEFT[person["resourceType"]].get(name.removeprefix("_"))
        if reduce is not None:
            kept = _beside_primitive(value) if name.startswith("_") else reduce(value)
            if kept not in (None, [], {}):
                left[name] = kept
    return left


def _is_modified(person: JsonObject) -> bool:
    ahead: list[Any] = [person]
    while ahead:
        part = ahead.pop()
        if isinstance(part, dict) and part.get("modifierExtension"):
            return True
        ahead += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return False


def _beside_primitive(value: Any) -> Any:
    extensions = _extensions(value.get("extension")) if isinstance(value, dict) else None
    return {"extension": extensions} if extensions else None
