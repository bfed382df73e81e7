"""The text of an entry of the log as plain data, in which its items stand as (type, id, version)."""

import json
from typing import Any

import msgspec

from lhcr.audit.entry import Entry


def logged_entry(text: bytes | str) -> dict[str, Any]:
    """Return the facts of an entry; it has items only where it names some."""
    facts: dict[str, Any] = json.loads(text)
    if "items" in facts:
        facts["items"] = [tuple(item) for item in msgspec.json.decode(text, type=Entry).named_items]
    return facts
