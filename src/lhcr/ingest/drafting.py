"""Drafting: a source entry becomes a draft that the record can write, or is refused with its reason."""

import hashlib
from typing import Final

from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.validation import require_valid
from lhcr.fhir.xml_document import read_xml
from lhcr.ingest.source_entry import Form, SourceEntry
from lhcr.ingest.xml_bundle import read_xml_entry
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft, Method
from lhcr.record.identity_claim import identity_claims

_CREATES: Final = "POST"
_UPDATES: Final = "PUT"
_NOT_LOADED: Final = {
    "DELETE": "A deletion is not loaded: ask for it over the API, under the name of whoever decides it.",
    "PATCH": "A patch is not loaded, because it changes something that is not in the file.",
    "GET": "A question is not loaded: there is nothing in it to record.",
    "HEAD": "A question is not loaded: there is nothing in it to record.",
}


def draft_entry(entry: SourceEntry) -> Draft:
    """Return the draft of one entry.

    Its source key is the resource's type and id where the source chose the id (anything but a POST), else the entry's fullUrl,
    else a digest of the resource. Raises Incorrect with everything that is wrong with the entry.
    """
    wrapper = _read(entry)
    resource = wrapper.get("resource")
    request = wrapper.get("request") if entry.carries_request else None
    method, url = _request(request)
    if method not in {_CREATES, _UPDATES}:
        raise _refusal("not-loaded", _NOT_LOADED.get(method, "The entry's request has no method that FHIR knows."))
    if not isinstance(resource, dict):
        raise _refusal("no-resource", "The entry has no resource.", "Bundle.entry.resource")
    _require_sound(resource)
    return _draft(resource, full_url=_full_url(wrapper), method=method, url=url)


def _read(entry: SourceEntry) -> JsonObject:
    if entry.form is Form.JSON_BUNDLE_ENTRY:
        return read_json(entry.content)
    if entry.form is Form.XML_BUNDLE_ENTRY:
        return read_xml_entry(entry.content)
    is_json = entry.form is Form.JSON_RESOURCE
    return {"resource": read_json(entry.content) if is_json else read_xml(entry.content)}


def _request(request: object) -> tuple[str, str]:
    if not isinstance(request, dict):
        return _UPDATES, ""
    method, url = request.get("method"), request.get("url")
    return (method if isinstance(method, str) else ""), (url if isinstance(url, str) else "")


def _full_url(wrapper: JsonObject) -> str | None:
    full_url = wrapper.get("fullUrl")
    return full_url if isinstance(full_url, str) and full_url else None


def _require_sound(resource: JsonObject) -> None:
    """Hazard: the wrong person. A Patient whose NHS number fails its check is refused here, before it claims anybody."""
    if "resourceType" not in resource:
        raise _refusal("not-a-resource", "This is JSON, but no FHIR resource: it has no resourceType.")
    require_valid(resource)
    if resource["resourceType"] == "Patient":
        identity_claims(resource, source_id=0)


def _draft(resource: JsonObject, *, full_url: str | None, method: str, url: str) -> Draft:
    resource_type = resource["resourceType"]
    own_id = None if method == _CREATES else _own_id(resource, url)
    if own_id is not None:
        source_key = f"{resource_type}/{own_id}"
    else:
        source_key = full_url or url_key(method, url) or f"sha256:{hashlib.sha256(write_json(resource)).hexdigest()}"
    return Draft(
        method=Method.POST if own_id is None else Method.PUT,
        type=resource_type,
        type_id=type_id(resource_type),
        resource=resource,
        id=own_id,
        full_url=full_url,
        source_key=source_key,
    )


def url_key(method: str, url: str) -> str | None:
    """Return what names the resource of a conditional update: the condition itself."""
    return url if method == _UPDATES and "?" in url else None


def _own_id(resource: JsonObject, url: str) -> str | None:
    own_id: str | None = resource.get("id")
    named_type, _, named_id = url.partition("/")
    if not named_id or "?" in url:
        return own_id
    if named_type != resource["resourceType"] or (own_id is not None and own_id != named_id):
        raise _refusal(
            "id-differs", "The request's url names another resource than the entry holds.", "Bundle.entry.request.url"
        )
    resource["id"] = named_id
    require_valid(resource)
    return named_id


def _refusal(error: str, diagnostics: str, expression: str | None = None) -> Incorrect:
    return Incorrect([Issue(code="invalid", error=error, diagnostics=diagnostics, expression=expression)])
