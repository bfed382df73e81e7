"""A patch inside a Bundle: a JSON Patch as the data of a Binary (FHIR R4 http 3.1.0.8.1)."""

import base64

from lhcr.fhir.json_document import read_json_array
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonArray, JsonObject


def operations_of(binary: JsonObject | None) -> JsonArray:
    """Return the operations. Raises Incorrect (400) for another resource and for data that is no JSON array."""
    sent = binary or {}
    if sent.get("resourceType") != "Binary" or sent.get("contentType") != "application/json-patch+json":
        raise _invalid("A patch inside a Bundle is a Binary of contentType application/json-patch+json.")
    try:
        return read_json_array(base64.b64decode(str(sent.get("data", ""))))
    except ValueError:
        raise _invalid("The data of the Binary is not base64.") from None


def _invalid(diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="invalid", error="patch-invalid", diagnostics=diagnostics)])
