"""The contributor of a resource as its `meta` says it: the server's own statement, beside which the sender's word is kept.

Hazard: an entry that is taken for another organisation's. `meta.source` is what readers look at, and whoever writes could put any
organisation there. So it is the server that writes it, and what a sender puts there becomes an extension, which is read as no
more than what it is: something that the sender said.
"""

from typing import Any, Final

from lhcr.fhir.json_document import DEEPEST
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject

_SOURCES: Final = "urn:lhcr:source:"
SENT_SOURCE: Final = "urn:lhcr:extension:sent-source"
"""The extension of `meta` that holds the sender's own `meta.source` (valueUri), where that is another than the contributor."""
_DEEPEST_BESIDE: Final = DEEPEST - len(("Resource", "meta", "extension", "[0]"))


def source_uri(ods: str) -> str:
    """Return how `meta.source` names the organisation that contributed: `urn:lhcr:source:A81001`."""
    return _SOURCES + ods


def source_named(uri: str) -> str | None:
    """Return the ODS code of the organisation that `meta.source` names as the contributor, None for any other uri."""
    return uri.removeprefix(_SOURCES) if uri.startswith(_SOURCES) else None


def contribute(resource: JsonObject, *, by: str) -> None:
    """Write into a resource, structurally valid and the caller's own, meta and all, who contributes it: a `source_uri` as `meta.source`.

    What the sender says there instead, and what stands beside it (`_source`), is kept as `SENT_SOURCE`. A resource that says its
    contributor already, as one that was read does, stays as it is, with the sender's word that it was read with. Raises Incorrect
    (400 `json-too-deep`) where the word, kept, would nest deeper than a body may.
    """
    meta = resource.get("meta")
    if not meta:
        resource["meta"] = {"source": by}
        return
    said, beside = meta.get("source"), meta.get("_source")
    if beside is not None or said not in {None, by}:
        others = [each for each in meta.get("extension") or () if each.get("url") != SENT_SOURCE]
        meta["extension"] = [*others, _sent(said, beside)]
        meta.pop("_source", None)
    meta["source"] = by


def sent_source(resource: JsonObject) -> str | None:
    """Return what the sender of a contributed resource says is its source, None where that names a contributor.

    Hazard: an entry found under another organisation's name, because its sender says so.
    """
    for each in resource["meta"].get("extension") or ():
        if each.get("url") == SENT_SOURCE:
            said: str | None = each.get("valueUri")
            return None if said is None or said.casefold().startswith(_SOURCES) else said
    return None


def without_source(meta: JsonObject) -> JsonObject:
    """Return a `meta` that tells neither who contributed nor what the sender said of it, in an extension of whatever kind."""
    return {name: value for name, value in meta.items() if name.removeprefix("_") not in {"source", "extension"}}


def _sent(said: str | None, beside: Any) -> JsonObject:
    """Return the extension that keeps a uri and the object that stands beside it, either of which may be absent."""
    sent: JsonObject = {"url": SENT_SOURCE}
    if said is not None:
        sent["valueUri"] = said
    if beside is not None:
        if _depth(beside) > _DEEPEST_BESIDE:
            raise Incorrect([_too_deep()])
        sent["_valueUri"] = beside
    return sent


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _too_deep() -> Issue:
    return Issue(
        code="structure",
        error="json-too-deep",
        diagnostics="What stands beside meta.source nests too deep to be kept.",
        expression="Resource.meta.source",
    )
