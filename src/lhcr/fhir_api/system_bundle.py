"""What a Bundle that is sent to the base asks for: a batch or a transaction (FHIR R4 http 3.1.0.11)."""

from typing import Any

from lhcr.fhir.validation import require_valid
from lhcr.fhir_api.batch import batch
from lhcr.fhir_api.bundle_limits import limit_asked
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.parameters import refuse_unknown
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.transaction import transaction
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject


async def process_bundle(services: Services, call: Call) -> Reply:
    refuse_unknown(call.pairs)
    kind, entries = await call.content.document(_asked)
    return await (transaction if kind == "transaction" else batch)(services, call, entries)


def _asked(document: JsonObject) -> tuple[str, list[Any]]:
    """Return the type of a Bundle and its entries: those of a transaction are checked, those of a batch each in its turn."""
    kind = _kind(document)
    checked = (
        document if kind == "transaction" else {name: value for name, value in document.items() if name != "entry"}
    )
    require_valid(checked)
    entries = _entries(document)
    limit_asked(entries)
    return kind, entries


def _kind(document: JsonObject) -> str:
    if document.get("resourceType") != "Bundle":
        diagnostics = "The base reads a Bundle. Send another resource to its type, such as /Observation."
        raise _invalid("type-mismatch", diagnostics, None)
    kind = document.get("type")
    if not isinstance(kind, str) or kind not in {"batch", "transaction"}:
        diagnostics = "The base reads a Bundle of type batch or transaction. To store a Bundle, send it to /Bundle."
        raise _invalid("bundle-type-unsupported", diagnostics, "Bundle.type")
    return kind


def _entries(document: JsonObject) -> list[Any]:
    entries = document.get("entry", [])
    if not isinstance(entries, list):
        raise _invalid("wrong-json-type", "An array must stand here.", "Bundle.entry")
    return entries


def _invalid(error: str, diagnostics: str, expression: str | None) -> Incorrect:
    return Incorrect([Issue(code="invalid", error=error, diagnostics=diagnostics, expression=expression)])
