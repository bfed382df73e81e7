"""A Bundle as bytes: stored bodies between the words that frame them, so that nothing stored is parsed to be answered."""

from collections.abc import Iterable, Sequence
from typing import Final

from lhcr.fhir.json_document import write_json
from lhcr.kernel.json_types import JsonObject

MATCH: Final = b',"search":{"mode":"match"}}'
INCLUDE: Final = b',"search":{"mode":"include"}}'
OUTCOME: Final = b',"search":{"mode":"outcome"}}'


def bundle(
    type: str,
    entries: Sequence[bytes],
    *,
    links: Iterable[tuple[str, str]] = (),
    total: int | None = None,
    meta: JsonObject | None = None,
) -> tuple[bytes, ...]:
    """Return the chunks of a Bundle. `entries` are whole JSON objects; FHIR allows no empty array, so none is written."""
    head: JsonObject = {"resourceType": "Bundle"}
    if meta is not None:
        head["meta"] = meta
    head["type"] = type
    if total is not None:
        head["total"] = total
    if written := [{"relation": relation, "url": url} for relation, url in links]:
        head["link"] = written
    opened = write_json(head)[:-1]
    if not entries:
        return opened, b"}"
    return opened, b',"entry":[', b",".join(entries), b"]}"


def result_entry(full_url: str, body: bytes, *, mode: bytes = MATCH) -> bytes:
    """Return the entry of a search result. Ids and types hold no character that JSON would escape."""
    return b'{"fullUrl":"' + full_url.encode() + b'","resource":' + body + mode


def result_chunks(base: str, found: Sequence[tuple[str, str, int, bytes, int]]) -> list[bytes]:
    """Return the entries of matches (type, id, version, stored JSON, access class), each with the comma behind it, as chunks.

    No stored body is copied here. Between two of them stands one chunk, because a record has hundreds.
    """
    if not found:
        return []
    closed, opened = MATCH + b",", f'{{"fullUrl":"{base}/'
    between = closed.decode() + opened
    chunks = [closed] * (2 * len(found) + 1)
    chunks[0:-1:2] = [f'{between}{each[0]}/{each[1]}","resource":'.encode() for each in found]
    chunks[0] = chunks[0].removeprefix(closed)
    chunks[1::2] = [each[3] for each in found]
    return chunks


def bundle_of_chunks(
    type: str,
    chunks: Sequence[bytes],
    *,
    links: Iterable[tuple[str, str]] = (),
    total: int | None = None,
    meta: JsonObject | None = None,
) -> tuple[bytes, ...]:
    """Return the chunks of a Bundle of results, given theirs."""
    framed = bundle(type, [], links=links, total=total, meta=meta)
    if not chunks:
        return framed
    return framed[0], b',"entry":[', *chunks[:-1], chunks[-1].removesuffix(b","), b"]}"


def entry(fields: JsonObject, *, resource: bytes | None) -> bytes:
    """Return an entry with a resource that is already JSON."""
    written = write_json(fields)
    if resource is None:
        return written
    between = b"," if len(written) > 2 else b""
    return written[:-1] + between + b'"resource":' + resource + b"}"
