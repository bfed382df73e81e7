"""The answer that is one version of one resource, with its ETag and times; and that of a write."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from lhcr.audit.answer import Answer
from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import operation_outcome
from lhcr.fhir.stored_body import instant
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.headers import http_date, is_unchanged, preferred_return
from lhcr.fhir_api.subset import Subset
from lhcr.kernel.errors import Fault, Issue
from lhcr.record.draft import Method
from lhcr.record.stored import Stored
from lhcr.record.written import Written

Headers = tuple[tuple[str, str], ...]


def version_headers(call: Call, *, version: int, at: datetime) -> Headers:
    """Return ETag and Last-Modified, the latter as an entry of a Bundle writes it where the call is one."""
    return (("etag", f'W/"{version}"'), ("last-modified", instant(at) if call.nested else http_date(at)))


def location(base: str, type: str, id: str | None, *, version: int) -> tuple[str, str]:
    return "location", f"{base}/{type}/{id}/_history/{version}"


def read_answer(call: Call, stored: Stored, *, subset: Subset) -> Answer:
    """Answer a read: 304 where the caller has the version already."""
    headers = version_headers(call, version=stored.version, at=stored.last_updated)
    if is_unchanged(call.headers, version=stored.version, last_updated=stored.last_updated):
        return Answer(status=304, headers=headers)
    return Answer(status=200, headers=headers, body=(subset.of(_body(stored.body)),))


def written_answer(call: Call, written: Sequence[Written], *, base: str) -> Answer:
    """Answer a create, update or patch: 201 with Location where it made a resource, else 200; the body as Prefer asks."""
    (one,) = written
    draft = one.draft
    if draft.method is Method.DELETE:
        return Answer(status=204)
    made = not draft.found and one.created
    headers = version_headers(call, version=one.version, at=one.at)
    if made:
        headers = (location(base, draft.type, draft.id, version=one.version), *headers)
    body = written_body(one, call.headers)
    return Answer(status=201 if made else 200, headers=headers, body=() if body is None else (body,))


def written_body(written: Written, headers: Mapping[str, str], *, usual: str = "representation") -> bytes | None:
    """Return the body of a write's answer as Prefer asks for it, None for a minimal one."""
    preferred = preferred_return(headers, usual=usual)
    if preferred == "OperationOutcome":
        diagnostics = f"{written.draft.type}/{written.draft.id} is now at version {written.version}."
        issue = Issue(code="informational", error="written", diagnostics=diagnostics, severity="information")
        return write_json(operation_outcome([issue]))
    return written.body if preferred == "representation" else None


def _body(body: bytes | None) -> bytes:
    if body is None:
        raise Fault([Issue(code="exception", error="internal-error", diagnostics="A version without a body was read.")])
    return body
