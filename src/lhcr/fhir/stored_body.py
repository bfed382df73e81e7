"""The stored body: the exact JSON bytes of a resource that reads will serve, with `id` and `meta` inside."""

from datetime import UTC, datetime
from functools import lru_cache

from lhcr.fhir.json_document import write_json
from lhcr.kernel.json_types import JsonObject

_SERVER_OWNED = frozenset({"versionId", "lastUpdated", "_versionId", "_lastUpdated"})


@lru_cache(maxsize=16)
def instant(moment: datetime) -> str:
    """Write a FHIR instant in UTC with microseconds: `2026-01-31T12:00:00.123456Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def with_meta(resource: JsonObject, *, id: str, version: int | str, last_updated: datetime) -> bytes:
    """Write the resource as it will be served: `resourceType`, `id`, `meta`, then the rest in the sender's order.

    The sender's `meta` keeps its profiles, tags, security labels and source; version and time are the server's.
    """
    meta = {"versionId": str(version), "lastUpdated": instant(last_updated)}
    if sent_meta := resource.get("meta"):
        meta |= {name: value for name, value in sent_meta.items() if name not in _SERVER_OWNED}
    # The first three keep their places when the rest of the sender's members is put over them.
    served: JsonObject = {"resourceType": resource["resourceType"], "id": id, "meta": meta} | resource
    served["id"], served["meta"] = id, meta
    return write_json(served)
