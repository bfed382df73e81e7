"""Givers of care in the entries of somebody who is restricted: the organisations and professionals, one step from where they are.

Hazard: the address of a restricted person is exposed. Whoever knows their practice or pharmacy knows the town. So an entry keeps
what was done, and that somebody did it.
"""

from types import MappingProxyType
from typing import Any, Final

from lhcr.fhir.contributor import without_source
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir.search.parameter import Kind, SearchParameter
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ODS_ORGANISATION, ODS_SITE

PLACES: Final = frozenset({"Endpoint", "HealthcareService", "Location", "Organization", "PractitionerRole"})
GIVERS: Final = PLACES | {"Practitioner"}
_NUMBERS: Final = frozenset({ODS_ORGANISATION, ODS_SITE})
_ABOUT_SOMEBODY: Final = frozenset({"subject", "member", "link"})
_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_MASKED: Final = MappingProxyType({"extension": [{"url": _ABSENT, "valueCode": "masked"}]})


def is_about_somebody(resource_type: str) -> bool:
    """Return whether entries of a type stand in somebody's record; what a directory or the shelf holds tells nobody's place."""
    return home(resource_type).kind is HomeKind.PERSON


def without_givers(entry: JsonObject) -> JsonObject:
    """Return an entry in which each reference to a giver of care says only that one is meant."""
    gone = {f"#{each.get('id')}" for each in _contained(entry) if each.get("resourceType") in GIVERS}
    left = {name: _masked(value, gone) for name, value in entry.items() if name != "meta"}
    if "contained" in left:
        left["contained"] = [_unsourced(each) for each in left["contained"] if not _is_giver(each)]
    return {name: value for name, value in left.items() if value != []}


def finds_giver(parameter: SearchParameter) -> bool:
    """Return whether a parameter finds entries by who gave the care, or by the source that says so."""
    if parameter.code == "_source":
        return is_about_somebody(parameter.type)
    return (
        parameter.kind is Kind.REFERENCE
        and not parameter.home
        and parameter.code not in _ABOUT_SOMEBODY
        and not GIVERS.isdisjoint(parameter.targets)
        and is_about_somebody(parameter.type)
    )


def _contained(entry: JsonObject) -> list[JsonObject]:
    contained = entry.get("contained")
    return [each for each in contained if isinstance(each, dict)] if isinstance(contained, list) else []


def _unsourced(node: Any) -> Any:
    """Return a contained resource without what it says of its source, which may name an organisation as the entry's own does."""
    if not isinstance(node, dict) or not isinstance(node.get("meta"), dict):
        return node
    left = {name: value for name, value in node.items() if name != "meta"}
    meta = without_source(node["meta"])
    return left | {"meta": meta} if meta else left


def _is_giver(node: Any) -> bool:
    return isinstance(node, dict) and node.get("resourceType") in GIVERS


def _masked(node: Any, gone: set[str]) -> Any:
    if isinstance(node, list):
        return [_masked(each, gone) for each in node]
    if not isinstance(node, dict):
        return node
    if _is_to_giver(node, gone):
        return dict(_MASKED)
    return {name: _masked(value, gone) for name, value in node.items()}


def _is_to_giver(node: JsonObject, gone: set[str]) -> bool:
    """Whether an object is a reference to a giver, by what it says literally, by type or by the number of an organisation."""
    literal, identifier = node.get("reference"), node.get("identifier")
    if isinstance(literal, str) and (literal in gone or not GIVERS.isdisjoint(literal.split("?")[0].split("/"))):
        return True
    if isinstance(identifier, dict) and identifier.get("system") in _NUMBERS:
        return True
    kind = node.get("type")
    return isinstance(kind, str) and kind in GIVERS and not {"reference", "identifier", "display"}.isdisjoint(node)
