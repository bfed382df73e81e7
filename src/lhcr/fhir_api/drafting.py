"""Drafting: what a caller sent, checked against its address, becomes a draft for the record."""

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query import SearchQuery
from lhcr.fhir.subsetted import is_subsetted
from lhcr.fhir_api.target import check_id
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonArray, JsonObject
from lhcr.record.draft import Draft, Method


def require_type(resource: JsonObject, type: str) -> None:
    """Raise Incorrect (400) unless the resource has the type that its address says."""
    if resource.get("resourceType") != type:
        diagnostics = f"The address is for {type}; the resource that was sent has another type."
        raise Incorrect(
            [Issue(code="invalid", error="type-mismatch", diagnostics=diagnostics, expression=f"{type}.resourceType")]
        )


def require_id(resource: JsonObject, type: str, id: str) -> None:
    """Raise Incorrect (400) unless the resource says the id that its address says."""
    if resource.get("id") != id:
        diagnostics = "The resource must say the same id as the address."
        raise Incorrect([Issue(code="invalid", error="id-mismatch", diagnostics=diagnostics, expression=f"{type}.id")])


def require_whole(resource: JsonObject, type: str) -> None:
    """Raise Incorrect (422) for an update with a resource that says of itself that something was left out of it.

    Hazard: partial written back as whole. A reader is shown a restricted person's Patient without address and practice; sent back
    as it was read, it would wipe them out of the sender's own contribution.
    """
    if is_subsetted(resource.get("meta") or {}):
        diagnostics = (
            "The resource says that it is SUBSETTED: something was left out when it was read, and would be lost. "
            "Send a PATCH with what is to change, or the whole of your own contribution without that tag."
        )
        issue = Issue(code="business-rule", error="subsetted", diagnostics=diagnostics, expression=f"{type}.meta.tag")
        raise Incorrect([issue], status=422)


def create_draft(
    type: str, resource: JsonObject, *, full_url: str | None = None, condition: SearchQuery | None = None
) -> Draft:
    return Draft(
        method=Method.POST,
        type=type,
        type_id=type_id(type),
        resource=resource,
        full_url=full_url,
        condition=condition,
    )


def update_draft(
    type: str, id: str, resource: JsonObject, *, if_match: int | None, full_url: str | None = None
) -> Draft:
    require_id(resource, type, id)
    require_whole(resource, type)
    return Draft(
        method=Method.PUT,
        type=type,
        type_id=type_id(type),
        resource=resource,
        id=id,
        if_match=if_match,
        full_url=full_url,
    )


def conditional_update_draft(
    type: str, resource: JsonObject, condition: SearchQuery, *, if_match: int | None, full_url: str | None = None
) -> Draft:
    """Draft an update of what the condition finds; a resource without an id may be created, one with an id must agree."""
    own = resource.get("id")
    require_whole(resource, type)
    return Draft(
        method=Method.PUT,
        type=type,
        type_id=type_id(type),
        resource=resource,
        id=None if own is None else check_id(own, expression=f"{type}.id"),
        if_match=if_match,
        full_url=full_url,
        condition=condition,
    )


def delete_draft(
    type: str, id: str | None, *, if_match: int | None = None, condition: SearchQuery | None = None
) -> Draft:
    return Draft(
        method=Method.DELETE,
        type=type,
        type_id=type_id(type),
        resource=None,
        id=id,
        if_match=if_match,
        condition=condition,
    )


def patch_draft(
    type: str,
    id: str | None,
    patch: JsonArray,
    *,
    if_match: int | None,
    condition: SearchQuery | None = None,
    full_url: str | None = None,
) -> Draft:
    return Draft(
        method=Method.PATCH,
        type=type,
        type_id=type_id(type),
        resource=None,
        id=id,
        patch=patch,
        if_match=if_match,
        condition=condition,
        full_url=full_url,
    )
