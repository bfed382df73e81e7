"""An OpenAPI 3 description of the FHIR API, generated from the tables that route requests: what is routed is fuzzed.

It is for tests: FHIR's own description of a server is its CapabilityStatement.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.fuzzing.resource_schema import PATIENT, WARD, resource_schema

from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir_api.dispatch import ALL_INTERACTIONS
from lhcr.fhir_api.interactions import OPERATIONS
from lhcr.fhir_api.target import Kind

#: The person themself, and a type about a person: each further type costs as much again and takes the same ways.
TYPES: Final = ("Patient", "Observation")
JSON: Final = "application/fhir+json"
_STATUSES: Final = (
    "400",
    "401",
    "403",
    "404",
    "405",
    "406",
    "409",
    "410",
    "412",
    "413",
    "414",
    "415",
    "422",
    "429",
    "431",
    "503",
)
_VALUES: Final[Mapping[str, str]] = {
    "token": "^([a-z:/]{1,10}\\|)?[a-z0-9-]{1,10}$",
    "reference": f"^((Patient/)?{PATIENT}|Organization/{WARD}|[a-z0-9]{{1,8}})$",
    "date": "^(eq|ne|gt|lt|ge|le|sa|eb|ap)?20[0-9]{2}(-(0[1-9]|1[0-2]))?$",
    "string": "^[a-zA-Z ]{0,10}[a-z]$",
    "number": "^(gt|lt|ge|le)?[0-9]{1,6}(\\.[0-9]{1,4})?$",
    "quantity": "^(gt|lt|ge|le)?[0-9]{1,6}(\\.[0-9]{1,4})?(\\|http://unitsofmeasure.org\\|kg)?$",
    "uri": "^urn:[a-z]{1,10}$",
    "composite": "^[a-z0-9]{1,8}\\$[a-z0-9]{1,8}$",
    "position": "^5[0-9]\\.[0-9]{1,4}\\|-?[0-9]\\|[1-9]\\|km$",
}
_RESULT: Final[Mapping[str, Mapping[str, Any]]] = {
    "_count": {"type": "integer", "minimum": 0, "maximum": 5000},
    "_sort": {"type": "string", "enum": ["_id", "-_lastUpdated", "_id,-_lastUpdated"]},
    "_total": {"type": "string", "enum": ["none", "estimate", "accurate"]},
    "_summary": {"type": "string", "enum": ["true", "false", "text", "data", "count"]},
    "_elements": {"type": "string", "enum": ["id", "name,status", "code"]},
    "_format": {"type": "string", "enum": ["json", JSON]},
    "_pretty": {"type": "boolean"},
}
_HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "If-Match": {"type": "string", "pattern": '^W/"[1-9][0-9]{0,2}"$'},
    "If-None-Match": {"type": "string", "pattern": '^W/"[1-9][0-9]{0,2}"$'},
    "If-Modified-Since": {"type": "string", "enum": ["Mon, 23 Nov 2026 00:00:00 GMT", "soon"]},
    "Prefer": {
        "type": "string",
        "enum": ["return=minimal", "return=representation", "return=OperationOutcome", "handling=lenient"],
    },
    "X-LHCR-Purpose": {"type": "string", "enum": ["TREAT", "HOPERAT", "ETREAT"]},
}
_OUTCOME: Final = {
    "type": "object",
    "properties": {
        "resourceType": {"type": "string", "enum": ["OperationOutcome"]},
        "issue": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["severity", "code", "details", "diagnostics"]},
        },
    },
    "required": ["resourceType", "issue"],
}


def openapi() -> dict[str, Any]:
    """Return the description of every routed path, for the types of `TYPES`."""
    paths: dict[str, dict[str, Any]] = {"/metadata": {"get": _operation(Kind.METADATA, "GET", "")}}
    for template, kind, methods, type_ in _routes():
        described = paths.setdefault(template, {})
        for method in methods:
            described[method.lower()] = _operation(kind, method, type_, template=template)
    return {
        "openapi": "3.0.3",
        "info": {"title": "FHIR API", "version": "4.0.1"},
        "servers": [{"url": "/fhir"}],
        "paths": paths,
    }


def _routes() -> Iterator[tuple[str, Kind, Mapping[str, Any], str]]:
    for kind, methods in ALL_INTERACTIONS.items():
        for type_ in TYPES if "{" in kind.value else ("",):
            if "{compartment}" in kind.value:
                if type_ == "Patient":
                    yield (
                        kind.value.replace("{compartment}", "Patient").replace("{type}", "Observation"),
                        kind,
                        methods,
                        "Observation",
                    )
                continue
            yield kind.value.replace("{type}", type_), kind, methods, type_
    for (kind, operation), (only, methods) in OPERATIONS.items():
        for type_ in TYPES if only is None else (only,):
            yield kind.value.replace("{type}", type_).replace("$operation", operation), kind, methods, type_


def _operation(kind: Kind, method: str, type_: str, *, template: str = "") -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{method} {template or kind.value}",
        "parameters": [*_in_path(template), *_in_query(kind, method, type_), *_in_headers()],
        "responses": _responses(),
    }
    body = _body(kind, method, type_, template)
    return described | ({"requestBody": {"required": True, "content": body}} if body else {})


def _in_path(template: str) -> Iterator[dict[str, Any]]:
    values = {"id": [PATIENT, WARD, "never-was", "a.b-C9"], "version": ["1", "2", "999999999", "x"]}
    for name, known in values.items():
        if f"{{{name}}}" in template:
            yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "enum": known}}


def _in_query(kind: Kind, method: str, type_: str) -> Iterator[dict[str, Any]]:
    if method == "GET" and kind in {Kind.SYSTEM_HISTORY, Kind.TYPE_HISTORY, Kind.INSTANCE_HISTORY}:
        yield _query("_count", _RESULT["_count"])
        yield _query("_since", {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])-1[0-9]$"})
    if kind in {Kind.TYPE, Kind.COMPARTMENT} and method != "POST":
        yield from (_query(name, schema) for name, schema in _one_of_each_kind(type_).items())
    if method == "GET" and kind in {Kind.TYPE, Kind.COMPARTMENT, Kind.SYSTEM, Kind.SYSTEM_SEARCH}:
        yield from (_query(name, schema) for name, schema in _RESULT.items())


def _query(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": dict(schema)}


def _one_of_each_kind(type_: str) -> dict[str, dict[str, Any]]:
    """Return a search parameter of each kind that the type has."""
    by_kind = {each.kind.value: each.code for each in parameters_of(type_).values()}
    return {code: {"type": "string", "pattern": _VALUES[kind]} for kind, code in by_kind.items()}


def _in_headers() -> Iterator[dict[str, Any]]:
    return ({"name": name, "in": "header", "schema": dict(schema)} for name, schema in _HEADERS.items())


def _body(kind: Kind, method: str, type_: str, template: str) -> dict[str, Any]:
    """Return the media types that a method reads with their schemas; none where it reads nothing."""
    if "_search" in kind.value and method == "POST":
        form = {"type": "object", "properties": _one_of_each_kind(type_ or "Patient"), "additionalProperties": False}
        return {"application/x-www-form-urlencoded": {"schema": form}}
    if method == "PATCH":
        return {"application/json-patch+json": {"schema": _patch()}}
    if template.endswith("$everything") or method not in {"POST", "PUT"}:
        return {}
    return {JSON: {"schema": resource_schema(type_) if type_ else _bundle()}}


def _patch() -> dict[str, Any]:
    step = {
        "type": "object",
        "properties": {
            "op": {"type": "string", "enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": {
                "type": "string",
                "enum": ["/active", "/name", "/name/0", "/name/-", "/id", "", "/meta/versionId", "/x/y/z"],
            },
            "from": {"type": "string", "enum": ["/name", "/active", ""]},
            "value": {},
        },
        "required": ["op", "path"],
    }
    return {"type": "array", "items": step, "maxItems": 5}


def _bundle() -> dict[str, Any]:
    urls = ["Patient", "Observation", f"Patient/{PATIENT}", "Observation?code=x", "Patient/x/_history", "Nonsense", ""]
    request = {
        "type": "object",
        "properties": {
            "method": {"type": "string", "enum": ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]},
            "url": {"type": "string", "enum": urls},
            "ifMatch": {"type": "string", "enum": ['W/"1"', "x"]},
        },
        "required": ["method", "url"],
    }
    resources = {"anyOf": [resource_schema("Observation", depth=1), resource_schema("Organization", depth=1)]}
    entry = {"type": "object", "properties": {"request": request, "resource": resources}, "required": ["request"]}
    return {
        "type": "object",
        "properties": {
            "resourceType": {"type": "string", "enum": ["Bundle"]},
            "type": {"type": "string", "enum": ["batch", "transaction", "collection"]},
            "entry": {"type": "array", "items": entry, "minItems": 1, "maxItems": 4},
        },
        "required": ["resourceType", "type"],
    }


def _responses() -> dict[str, Any]:
    answered = {"description": "done; without a body where Prefer asks for none"}
    refused = {"description": "refused", "content": {JSON: {"schema": _OUTCOME}}}
    return dict.fromkeys(("200", "201", "204", "304"), answered) | dict.fromkeys(_STATUSES, refused)
