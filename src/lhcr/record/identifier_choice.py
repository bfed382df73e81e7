"""Which of several spellings of one identifier stands for all: the one that says most surely that it is somebody's number now.

Hazard: wrong person. A number that one source gave up long ago, and another has verified since, is shown as no longer in use.
"""

from collections.abc import Iterable
from typing import Final

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.identifier import compared

_NO_LONGER: Final = ("old", "temp")
_STATUS: Final = "NHSNumberVerificationStatus"
_VERIFIED: Final = frozenset({"01", "number-present-and-verified"})


def chosen_identifiers(identifiers: Iterable[JsonObject]) -> list[JsonObject]:
    """Return one of those that are equal as they are compared, where the first of them stands.

    What is neither old nor temporary comes before what is, then what its source has verified, then what is written as it is
    compared, then what comes first.
    """
    chosen: dict[tuple[str, str], JsonObject] = {}
    for identifier in identifiers:
        key = compared(identifier.get("system", ""), identifier.get("value", ""))
        known = chosen.setdefault(key, identifier)
        if known is not identifier and _rank(identifier, key) < _rank(known, key):
            chosen[key] = identifier
    return list(chosen.values())


def _rank(identifier: JsonObject, key: tuple[str, str]) -> tuple[bool, bool, bool]:
    written = (identifier.get("system", ""), identifier.get("value", ""))
    return identifier.get("use") in _NO_LONGER, not _is_verified(identifier), written != key


def _is_verified(identifier: JsonObject) -> bool:
    return any(
        coding.get("code") in _VERIFIED
        for extension in identifier.get("extension") or ()
        if str(extension.get("url")).endswith(_STATUS)
        for coding in (extension.get("valueCodeableConcept") or {}).get("coding") or ()
    )
