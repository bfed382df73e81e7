"""The query of a search as the log holds it: what identifies a person stands there as a keyed digest.

The log is read by more people than the record, and outlives requests. The digest is keyed, because an NHS number has too few
digits for a plain one to hide it; the same value gives the same digest, so that an investigation can still ask for it.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

_IDENTIFYING: Final = frozenset(
    {
        # Free text may hold whatever somebody typed.
        "_content",
        "_filter",
        "_text",
        "address",
        "address-city",
        "address-postalcode",
        "birthdate",
        "death-date",
        "email",
        "family",
        "given",
        "identifier",
        "name",
        "phone",
        "phonetic",
        "telecom",
    }
)
# Wherever it stands: ten digits in the grouping that people write, which is what an NHS number looks like, with the separators
# that `NhsNumber.parse` takes.
_NUMBER: Final = re.compile(r"(?<!\d)\d{3}[ \-\u00a0\u2010\u2011\u2013]?\d{3}[ \-\u00a0\u2010\u2011\u2013]?\d{4}(?!\d)")
_LONGEST: Final = 4_096


class QueryMask:
    """Masks with one area's key, of at least 16 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("the key of a query mask has at least 16 bytes")
        self._key = key[: hashlib.blake2b.MAX_KEY_SIZE]

    def mask(self, pairs: Iterable[tuple[str, str]]) -> str:
        """Return name-value pairs of a query as text, at most 4,096 characters of it."""
        return "&".join(f"{_shown(name)}={self._value(name, value)}" for name, value in pairs)[:_LONGEST]

    def _value(self, name: str, value: str) -> str:
        if _IDENTIFYING.isdisjoint(re.split(r"[:.]", name)):
            return quote(_NUMBER.sub(lambda found: self._digest(found[0]), value), errors="replace", safe="|/:,.~$-")
        return self._digest(value)

    def _digest(self, value: str) -> str:
        digest = hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=12, key=self._key)
        return f"~{digest.hexdigest()}"


def _shown(name: str) -> str:
    return quote(_NUMBER.sub("~", name), errors="replace", safe=":._-")
