"""The CapabilityStatement: what this server does, read off the tables from which it does it (FHIR R4 capabilitystatement)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from lhcr.fhir.json_document import write_json
from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.stored_body import instant
from lhcr.fhir_api.dispatch import ALL_INTERACTIONS
from lhcr.fhir_api.interactions import OPERATIONS
from lhcr.fhir_api.target import Kind
from lhcr.kernel.json_types import JsonObject

_TYPE_LEVEL: Final[Mapping[tuple[Kind, str], str]] = {
    (Kind.INSTANCE, "GET"): "read",
    (Kind.VERSION, "GET"): "vread",
    (Kind.INSTANCE, "PUT"): "update",
    (Kind.INSTANCE, "PATCH"): "patch",
    (Kind.INSTANCE, "DELETE"): "delete",
    (Kind.INSTANCE_HISTORY, "GET"): "history-instance",
    (Kind.TYPE_HISTORY, "GET"): "history-type",
    (Kind.TYPE, "POST"): "create",
    (Kind.TYPE, "GET"): "search-type",
}
_SYSTEM_LEVEL: Final[Mapping[tuple[Kind, str], tuple[str, ...]]] = {
    (Kind.SYSTEM, "POST"): ("transaction", "batch"),
    (Kind.SYSTEM_HISTORY, "GET"): ("history-system",),
    (Kind.SYSTEM, "GET"): ("search-system",),
}
_DEFINITIONS: Final[Mapping[str, str]] = {
    "everything": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    "meta": "http://hl7.org/fhir/OperationDefinition/Resource-meta",
    "validate": "http://hl7.org/fhir/OperationDefinition/Resource-validate",
}


def capability_statement(*, base: str, area: str, version: str, now: datetime) -> bytes:
    """Return the statement as JSON. It claims only what a table of this package answers."""
    return write_json(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": instant(now),
            "kind": "instance",
            "software": {"name": "Open LHCR", "version": version},
            "implementation": {"description": area, "url": base},
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json", "json"],
            "patchFormat": ["application/json-patch+json"],
            "rest": [_rest()],
        }
    )


def _rest() -> JsonObject:
    return {
        "mode": "server",
        "documentation": "Bodies may also be sent as application/fhir+xml; answers are always JSON.",
        "security": {
            "cors": False,
            "description": "Every request but this one needs an OAuth 2.0 bearer token (RFC 6750).",
        },
        "resource": [_resource(name) for name in sorted(type_ids()) if name != "Parameters"],
        "interaction": [{"code": code} for code in _codes_of_system()],
    }


def _codes_of_system() -> Iterator[str]:
    for (kind, method), codes in _SYSTEM_LEVEL.items():
        if method in ALL_INTERACTIONS.get(kind, {}):
            yield from codes


def _resource(name: str) -> JsonObject:
    resource: JsonObject = {
        "type": name,
        "interaction": [
            {"code": code} for (kind, method), code in _TYPE_LEVEL.items() if method in ALL_INTERACTIONS.get(kind, {})
        ],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": True,
        "conditionalRead": "full-support",
    }
    return resource | {"operation": operations} if (operations := list(_operations(name))) else resource


def _operations(name: str) -> Iterator[JsonObject]:
    named = {operation for (_, operation), (only, _) in OPERATIONS.items() if only in {None, name}}
    for operation in sorted(each.removeprefix("$") for each in named):
        yield {"name": operation, "definition": _DEFINITIONS[operation]}
