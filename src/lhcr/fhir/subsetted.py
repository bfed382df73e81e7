"""SUBSETTED: the tag by which a resource says of itself that something was left out of it (FHIR R4, v3-ObservationValue).

Hazard: partial shown as complete, or written back as whole.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lhcr.kernel.json_types import JsonObject

SUBSETTED: Final[Mapping[str, str]] = MappingProxyType(
    {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
)


def is_subsetted(meta: JsonObject) -> bool:
    """Say whether a `meta` holds the tag, whatever display it has."""
    return any(
        (tag.get("system"), tag.get("code")) == (SUBSETTED["system"], SUBSETTED["code"])
        for tag in meta.get("tag") or ()
    )


def subsetted(meta: JsonObject) -> JsonObject:
    """Return a `meta` with the tag, once."""
    return meta if is_subsetted(meta) else meta | {"tag": [*(meta.get("tag") or ()), dict(SUBSETTED)]}
