"""Explaining: the full trace of one decision, and what it led to, from the log alone."""

from typing import Final

import msgspec

from lhcr.audit.entry import Entry
from lhcr.audit.reader import LogReader, StoredEntry
from lhcr.audit.reference import number_of, reference_of
from lhcr.kernel.errors import Issue, NotFound
from lhcr.kernel.json_types import JsonObject

#: A decision is used for a minute; more uses than these are counted, not listed.
MOST_USES: Final = 100


async def explain(reader: LogReader, reference: str) -> JsonObject:
    """Return a decision's trace (every rule's verdict and reason) and the entries of the log that rest on it.

    Raises `Incorrect` for a text that is no reference, and `NotFound` for one that the log does not hold: a permit of which
    nothing was released left no entry, and an entry whose retention ended explains nothing more.
    """
    number = number_of(reference)
    stored = await reader.of_decision(number, most=MOST_USES + 1)
    uses = [(each, each.entry) for each in stored if each.entry is not None]
    if not uses:
        diagnostics = "The log holds nothing under this reference. Check it letter by letter."
        raise NotFound([Issue(code="not-found", error="decision-unknown", diagnostics=diagnostics)])
    first = uses[0][1]
    return {
        "reference": reference_of(number),
        "outcome": "refused" if first.rule else "permitted",
        "rule": first.rule or None,
        "trace": await _trace(reader, first),
        "uses": [_use(each, entry) for each, entry in uses[:MOST_USES]],
        "more_uses": len(stored) > MOST_USES,
    }


async def _trace(reader: LogReader, entry: Entry) -> JsonObject | None:
    text = await reader.trace(bytes.fromhex(entry.trace)) if entry.trace else None
    return None if text is None else msgspec.json.decode(text, type=JsonObject)


def _use(stored: StoredEntry, entry: Entry) -> JsonObject:
    """Return one entry in words that may leave the house: the person's internal number is not among them."""
    return {
        "entry": stored.event_id,
        "recorded": entry.recorded.isoformat(),
        "agent": msgspec.to_builtins(entry.agent),
        "purpose": entry.purpose,
        "interaction": entry.subtype,
        "type": entry.type or None,
        "asked": entry.asked or None,
        "items": entry.item_count,
        "request": entry.request or None,
    }
