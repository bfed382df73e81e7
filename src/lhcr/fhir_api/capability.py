"""The CapabilityStatement: what this server does, read off the tables from which it does it (FHIR R4 capabilitystatement)."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from lhcr.fhir.compartments import compartments
from lhcr.fhir.contributor import SENT_SOURCE, source_uri
from lhcr.fhir.json_document import write_json
from lhcr.fhir.search.catalogue import parameters_of, type_ids
from lhcr.fhir.search.parameter import Kind as ParameterKind
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.stored_body import instant
from lhcr.fhir_api.dispatch import ALL_INTERACTIONS
from lhcr.fhir_api.interactions import OPERATIONS
from lhcr.fhir_api.log_parameters import LOG_PARAMETERS
from lhcr.fhir_api.national_alert import PROFILE
from lhcr.fhir_api.target import Kind, stored_types
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
_OAUTH_URIS: Final = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_SECURITY_SERVICE: Final = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_DOCUMENTATION: Final = (
    "Bodies may also be sent as application/fhir+xml; answers are always JSON. A person who asks about people names one of them: by "
    "a Patient's id, `patient` or an NHS number, or by the compartment of a Patient, Encounter or RelatedPerson. What names several, "
    "as an Appointment may, is found in the record of the person whom it names first. The compartments "
    "of Practitioner and Device hold entries about many people: a system finds in them what its own organisation contributed, and "
    "anybody else names the person too (`Practitioner/[id]/Observation?patient=[id]`). `meta.source` is this server's own statement "
    f"of the organisation that contributed an entry, `{source_uri('[ODS code]')}`, and what `_source` finds; what a sender puts there "
    f"instead is kept as the extension {SENT_SOURCE} of `meta`, and found unless it names a contributor. What somebody may not see is "
    "answered as if it were not there. Where the area's policy lets it be told that something in a person's record is, each searchset "
    "about that person has the label REDACTED of v3-ObservationValue in `meta.security` and, but for a mere count, an OperationOutcome "
    "with the code `suppressed` and `hidden-with-notice` in its details: the same whatever is asked and whatever is hidden."
)


#: What is to be known of single types.
_OF_TYPE: Final[Mapping[str, str]] = {
    "AuditEvent": (
        "To an office (privacy officer, Caldicott guardian) that asks in its own name these are the entries of this area's own log about "
        "what the users and systems of its own organisation did: read by id, and searched, newest first, by "
        f"{', '.join(name for name, _ in LOG_PARAMETERS)} and patient.identifier. Their ids are of the form [number]-[number], they "
        f"have no meta, and nobody can write one. With _profile={PROFILE} the alerts of claimed relationships and emergency accesses are "
        "found instead, in that form, under ids of their own; whom they are about is traced, which needs a scope that lets Patient be "
        "searched. An AuditEvent that somebody sends is an ordinary entry of the record, which everybody else reads and searches as such; "
        "it is never part of the log, whatever its id."
    )
}


def capability_statement(*, base: str, area: str, version: str, now: datetime, oauth: Mapping[str, str]) -> bytes:
    """Return the statement as JSON. It claims only what a table of this package answers.

    `oauth` are the addresses of the authorization server by the names of SMART's extension.
    """
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
            "rest": [_rest(oauth)],
        }
    )


def _rest(oauth: Mapping[str, str]) -> JsonObject:
    statement: JsonObject = {
        "mode": "server",
        "documentation": _DOCUMENTATION,
        "security": _security(oauth),
        "resource": [_resource(name) for name in sorted(stored_types())],
        "interaction": [{"code": code} for code in _codes_of_system()],
    }
    if operations := _operations_of_system():
        statement["operation"] = operations
    if Kind.COMPARTMENT in ALL_INTERACTIONS:
        statement["compartment"] = [
            f"http://hl7.org/fhir/CompartmentDefinition/{name.lower()}" for name in compartments()
        ]
    return statement


def _security(oauth: Mapping[str, str]) -> JsonObject:
    """Return how tokens are got (SMART App Launch 1.0, A.1; later apps read `.well-known/smart-configuration`)."""
    return {
        "extension": [
            {"url": _OAUTH_URIS, "extension": [{"url": name, "valueUri": oauth[name]} for name in sorted(oauth)]}
        ],
        "cors": True,
        "service": [{"coding": [{"system": _SECURITY_SERVICE, "code": "SMART-on-FHIR", "display": "SMART-on-FHIR"}]}],
        "description": "Every request but this one needs an OAuth 2.0 bearer token (RFC 6750).",
    }


def _codes_of_system() -> Iterator[str]:
    for (kind, method), codes in _SYSTEM_LEVEL.items():
        if _answers(kind, method):
            yield from codes


def _answers(kind: Kind, method: str) -> bool:
    return method in ALL_INTERACTIONS.get(kind, {})


def _resource(name: str) -> JsonObject:
    resource: JsonObject = {
        "type": name,
        "interaction": [{"code": code} for (kind, method), code in _TYPE_LEVEL.items() if _answers(kind, method)],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": _answers(Kind.TYPE, "PUT"),
        "conditionalDelete": "single" if _answers(Kind.TYPE, "DELETE") else "not-supported",
        "referencePolicy": ["literal", "logical"],
    }
    if _answers(Kind.TYPE, "GET"):
        resource |= _searching(name)
    if name in _OF_TYPE:
        resource["documentation"] = _OF_TYPE[name]
    return resource | {"operation": operations} if (operations := list(_operations(name))) else resource


def _searching(name: str) -> JsonObject:
    included = [f"{name}:{each.code}" for each in _references(name)]
    including = [
        f"{source}:{each.code}" for source in type_ids() for each in _references(source) if name in each.targets
    ]
    found: JsonObject = {
        "searchInclude": included,
        "searchRevInclude": including,
        "searchParam": [{"name": each.code, "type": _kind(each)} for each in parameters_of(name).values()],
    }
    return {key: value for key, value in found.items() if value}


def _references(name: str) -> Iterator[SearchParameter]:
    return (each for each in parameters_of(name).values() if each.kind is ParameterKind.REFERENCE)


def _kind(parameter: SearchParameter) -> str:
    return "special" if parameter.kind is ParameterKind.POSITION else parameter.kind.value


def _operations(name: str) -> Iterator[JsonObject]:
    named = {
        operation
        for (kind, operation), (only, _) in OPERATIONS.items()
        if only in {None, name} and kind is not Kind.SYSTEM_OPERATION
    }
    yield from _defined(named)


def _operations_of_system() -> list[JsonObject]:
    return list(_defined({operation for kind, operation in OPERATIONS if kind is Kind.SYSTEM_OPERATION}))


def _defined(operations: AbstractSet[str]) -> Iterator[JsonObject]:
    for operation in sorted(each.removeprefix("$") for each in operations):
        yield {"name": operation, "definition": _DEFINITIONS[operation]}
