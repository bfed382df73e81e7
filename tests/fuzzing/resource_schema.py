"""JSON Schema of resources, generated from the definitions that validation uses: what a client with the standard in hand would send."""

from collections.abc import Mapping
from typing import Any, Final

from lhcr.fhir.definitions.structures import Element, load_definitions

#: The people, practice and ward that a fuzzed area has; references name them, or nobody.
PATIENT: Final = "fuzz-patient"
WARD: Final = "fuzz-ward"
_REFERENCES: Final = [
    f"Patient/{PATIENT}",
    f"Organization/{WARD}",
    "Patient/nobody",
    "urn:uuid:5b3f1a2c-0001-4000-8000-0000000000ff",
]
_LEFT_OUT: Final = frozenset({"Extension", "Narrative", "Resource", "Meta", "Attachment", "SampledData", "Signature"})
_DATE: Final = "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_TIME: Final = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_URI: Final = {"type": "string", "pattern": "^urn:[a-z0-9]{1,12}$"}
_PRIMITIVES: Final[Mapping[str, Mapping[str, Any]]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "decimal": {"type": "number", "minimum": -1e9, "maximum": 1e9},
    "string": {"type": "string", "pattern": "^[ -~\\u00a0-\\u2fff]{0,20}[!-~]$"},
    "markdown": {"type": "string", "pattern": "^[ -~\\n]{0,20}[!-~]$"},
    "code": {"type": "string", "pattern": "^[a-z]{1,12}$"},
    "id": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"},
    "date": {"type": "string", "pattern": f"^{_DATE}$"},
    "dateTime": {"type": "string", "pattern": f"^{_DATE}(T{_TIME}Z)?$"},
    "instant": {"type": "string", "pattern": f"^{_DATE}T{_TIME}Z$"},
    "time": {"type": "string", "pattern": f"^{_TIME}$"},
    "base64Binary": {"type": "string", "pattern": "^([A-Za-z0-9+/]{4}){1,8}$"},
    "uri": _URI,
    "url": _URI,
    "canonical": _URI,
    "oid": {"type": "string", "pattern": "^urn:oid:[0-2](\\.[1-9][0-9]{0,3}){1,5}$"},
    "uuid": {"type": "string", "pattern": "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"},
}


def resource_schema(type_: str, *, depth: int = 2) -> dict[str, Any]:
    """Return the schema of a type; below `depth` only what must be there is described."""
    schema = _object_schema(type_, depth)
    schema["properties"]["resourceType"] = {"type": "string", "enum": [type_]}
    schema["required"] = ["resourceType", *schema.get("required", [])]
    return schema


def _object_schema(structure: str, depth: int) -> dict[str, Any]:
    properties, required = {}, []
    for element in load_definitions().elements(structure):
        name, type_ = element.member_names()[0]
        if type_ in _LEFT_OUT or name in {"id", "implicitRules"} or not (element.min or depth):
            continue
        value = _value_schema(element, type_, depth)
        properties[name] = {"type": "array", "items": value, "minItems": 1, "maxItems": 3} if element.many else value
        if element.min:
            required.append(name)
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {"minProperties": 1})


def _value_schema(element: Element, type_: str, depth: int) -> dict[str, Any]:
    definitions = load_definitions()
    if type_ == "Reference":
        reference = {"type": "string", "enum": [each for each in _REFERENCES if _may_name(element, each)]}
        return {
            "type": "object",
            "properties": {"reference": reference},
            "required": ["reference"],
            "additionalProperties": False,
        }
    if definitions.is_primitive(type_):
        if element.codes and type_ == "code":
            return {
                "type": "string",
                "enum": sorted({code for each in definitions.codes[element.codes].values() for code in each})[:20],
            }
        return dict(_PRIMITIVES[type_])
    return _object_schema(type_, depth - 1 if depth else 0)


def _may_name(element: Element, reference: str) -> bool:
    type_ = reference.partition("/")[0]
    return not element.targets or type_ in element.targets or ":" in reference
