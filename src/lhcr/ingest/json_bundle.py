"""A Bundle in JSON, taken apart without being read whole: each entry's own bytes, so that one bad entry spoils no other."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from lhcr.fhir.json_document import read_json
from lhcr.ingest.source_entry import Form, Origin, SourceEntry
from lhcr.kernel.errors import Incorrect, Issue

#: The types whose entries' `request` says what is to be done; in a history it says what was done.
REQUESTING: Final = frozenset({"transaction", "batch"})
BUNDLE_TYPES: Final = REQUESTING | {"collection", "searchset", "history", "document", "message"}
_MEMBERS: Final = frozenset(
    [
        "resourceType",
        "id",
        "meta",
        "implicitRules",
        "_implicitRules",
        "language",
        "_language",
        "identifier",
        "type",
        "_type",
        "timestamp",
        "_timestamp",
        "total",
        "_total",
        "link",
        "entry",
        "signature",
    ]
)
_ENTRIES_BEGIN: Final = re.compile(rb'"entry"\s*:\s*')
_envelope = msgspec.json.Decoder(dict[str, msgspec.Raw])
_entries = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)


def split_json(body: bytes, *, file: str) -> Iterator[SourceEntry]:
    """Yield the entries of a Bundle, or the one resource that the body is.

    Raises Incorrect where the body is no JSON object, or is a Bundle whose envelope cannot be trusted: an unknown type, or a
    key that stands twice, which would lose entries silently.
    """
    members = _members(body)
    if _string(members.get("resourceType")) != "Bundle":
        yield SourceEntry(origin=Origin(file=file), form=Form.JSON_RESOURCE, content=body)
        return
    bundle_type = _checked_type(members, body)
    for number, raw in _in_order(_split(members), bundle_type):
        yield SourceEntry(
            origin=Origin(file=file, place=f"entry[{number}]"),
            form=Form.JSON_BUNDLE_ENTRY,
            content=bytes(raw),
            carries_request=bundle_type in REQUESTING,
        )


def _members(body: bytes) -> Mapping[str, msgspec.Raw]:
    try:
        return _envelope.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        read_json(body)  # Says what is wrong in the words of every other reader.
        raise refusal("json-invalid", "The file cannot be read as JSON.") from None


def _checked_type(members: Mapping[str, msgspec.Raw], body: bytes) -> str:
    if unknown := members.keys() - _MEMBERS:
        raise refusal("unknown-element", f"A Bundle has no {len(unknown)} of the elements that this one has.", "Bundle")
    if _has_repeated_key(members, body):
        raise refusal("json-duplicate-key", "The Bundle has the same key twice.", "Bundle")
    bundle_type = _string(members.get("type"))
    if bundle_type not in BUNDLE_TYPES:
        raise refusal("bundle-type", "The Bundle's type is missing or none that FHIR R4 knows.", "Bundle.type")
    return bundle_type


def _has_repeated_key(members: Mapping[str, msgspec.Raw], body: bytes) -> bool:
    """Whether decoding dropped a member: it loses at least its colon when the members are written again, and nothing that stays
    can gain one.
    """
    rest, body = _without_entries(members, body)
    return msgspec.json.encode(rest).count(b":") != body.count(b":")


def _without_entries(members: Mapping[str, msgspec.Raw], body: bytes) -> tuple[Mapping[str, msgspec.Raw], bytes]:
    """Leave the same bytes, nearly all there are, out of both: counting what they hold tells nothing."""
    found = _ENTRIES_BEGIN.search(body)
    if not found or "entry" not in members:
        return members, body
    entries = bytes(members["entry"])
    if not body.startswith(entries, found.end()):
        return members, body
    return {**members, "entry": msgspec.Raw()}, body[: found.end()] + body[found.end() + len(entries) :]


def _split(members: Mapping[str, msgspec.Raw]) -> list[msgspec.Raw]:
    try:
        return _entries.decode(members["entry"]) if "entry" in members else []
    except msgspec.ValidationError:
        raise refusal("wrong-json-type", "The entries of a Bundle are an array.", "Bundle.entry") from None


def _in_order(entries: list[msgspec.Raw], bundle_type: str) -> Iterator[tuple[int, msgspec.Raw]]:
    """A history begins with the newest version; what is loaded last stands."""
    numbered = enumerate(entries)
    return reversed(list(numbered)) if bundle_type == "history" else numbered


def _string(raw: msgspec.Raw | None) -> str:
    try:
        return _text.decode(raw) if raw is not None else ""
    except msgspec.ValidationError:
        return ""


def refusal(error: str, diagnostics: str, expression: str | None = None) -> Incorrect:
    return Incorrect([Issue(code="structure", error=error, diagnostics=diagnostics, expression=expression)])
