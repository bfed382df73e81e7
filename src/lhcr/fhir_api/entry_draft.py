"""The draft that an entry of a transaction stands for."""

from lhcr.fhir_api.binary_patch import operations_of
from lhcr.fhir_api.bundle_entry import Entry
from lhcr.fhir_api.condition import read_condition, read_none_exist
from lhcr.fhir_api.drafting import (
    conditional_update_draft,
    create_draft,
    delete_draft,
    patch_draft,
    require_type,
    update_draft,
)
from lhcr.fhir_api.headers import expected_version
from lhcr.fhir_api.parameters import refuse_unknown
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.target import Kind
from lhcr.kernel.errors import Incorrect, Issue, Unsupported
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft


def entry_draft(services: Services, entry: Entry) -> Draft:
    """Return the draft of a POST, PUT, PATCH or DELETE; its resource has been validated. Raises LhcrError."""
    kind = entry.target.kind
    if kind is Kind.INSTANCE and entry.method != "POST":
        refuse_unknown(entry.pairs)
        return _by_id(entry)
    if kind is not Kind.TYPE:
        diagnostics = "A transaction creates, updates, patches, deletes and reads; send this as a batch or by itself."
        raise Unsupported([Issue(code="not-supported", error="entry-unsupported", diagnostics=diagnostics)])
    return _create(services, entry) if entry.method == "POST" else _conditional(services, entry)


def _expected(entry: Entry) -> int | None:
    return expected_version(entry.headers, creates=entry.method == "PUT")


def _create(services: Services, entry: Entry) -> Draft:
    _expected(entry)
    refuse_unknown(entry.pairs)
    condition = read_none_exist(services, entry.target.type, entry.headers.get("if-none-exist"))
    return create_draft(entry.target.type, _resource(entry), full_url=entry.full_url, condition=condition)


def _by_id(entry: Entry) -> Draft:
    type, id, expected = entry.target.type, entry.target.id, _expected(entry)  # noqa: A001 - words of FHIR.
    if entry.method == "PUT":
        return update_draft(type, id, _resource(entry), if_match=expected, full_url=entry.full_url)
    if entry.method == "PATCH":
        return patch_draft(type, id, operations_of(entry.resource), if_match=expected, full_url=entry.full_url)
    return delete_draft(type, id, if_match=expected)


def _conditional(services: Services, entry: Entry) -> Draft:
    type, expected = entry.target.type, _expected(entry)  # noqa: A001 - a word of FHIR.
    condition = read_condition(services, type, entry.pairs)
    if entry.method == "PUT":
        return conditional_update_draft(type, _resource(entry), condition, if_match=expected, full_url=entry.full_url)
    if entry.method == "PATCH":
        return patch_draft(
            type, None, operations_of(entry.resource), if_match=expected, condition=condition, full_url=entry.full_url
        )
    return delete_draft(type, None, if_match=expected, condition=condition)


def _resource(entry: Entry) -> JsonObject:
    if entry.resource is None:
        diagnostics = "The entry's method needs a resource."
        raise Incorrect([Issue(code="required", error="entry-resource-missing", diagnostics=diagnostics)])
    require_type(entry.resource, entry.target.type)
    return entry.resource
