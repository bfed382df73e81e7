"""Bounded text: what an index row holds of a text of any length."""

import hashlib
from typing import Final

LONGEST: Final = 500
"""Bytes of UTF-8. An index row of PostgreSQL holds at most 2,700, and a long text would cost every page it stands on."""

PREFIX: Final = LONGEST - 64
"""Bytes that are kept of a longer text, before the SHA-256 that tells it from others with the same beginning."""


def bounded(text: str) -> str:
    """Return the text itself, or its first 436 bytes (of whole characters) and the SHA-256 of all of it in hexadecimal.

    Rows and queries are bounded alike, so that equal texts meet. NUL, which PostgreSQL cannot hold, is left out.
    """
    if text.isascii() and len(text) <= LONGEST and "\0" not in text:
        return text
    encoded = text.replace("\0", "").encode(errors="replace")
    if len(encoded) <= LONGEST:
        return encoded.decode()
    return encoded[:PREFIX].decode(errors="ignore") + hashlib.sha256(encoded).hexdigest()
