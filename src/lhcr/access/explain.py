"""Explaining: the full trace of one decision, and what it led to, from the log alone."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from lhcr.audit.entry import Entry, Outcome
from lhcr.audit.reader import LogReader, StoredEntry
from lhcr.audit.reference import number_of, reference_of
from lhcr.kernel.errors import Issue, NotFound
from lhcr.kernel.json_types import JsonObject

#: A decision is used for a minute; more uses than these are counted, not listed.
MOST_USES: Final = 100
_OUTCOMES: Final = {Outcome.SUCCESS.value: "done", Outcome.REFUSED.value: "refused", Outcome.FAILED.value: "failed"}


Today: TypeAlias = Callable[[Entry, JsonObject], JsonObject | None]
"""From a decision's first entry and its trace to what would be decided of the same facts today, None where it cannot be told."""


def not_asked(entry: Entry, trace: JsonObject) -> None:
    """Say nothing of what would be decided today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """`told` is the explanation as JSON; `entries` are those of the log that it tells of, one at least."""

    told: JsonObject
    entries: tuple[Entry, ...]


async def explain(reader: LogReader, reference: str, *, today: Today = not_asked) -> JsonObject:
    """Return a decision's trace (every rule's verdict and reason) and the entries of the log that rest on it.

    Raises as `find_explained` does.
    """
    return (await find_explained(reader, reference, today=today)).told


async def find_explained(
    reader: LogReader, reference: str, *, holds: Callable[[Entry], bool] = lambda _: True, today: Today = not_asked
) -> Explained:
    """Return the explanation of a decision whose entries `holds` lets its reader see. `today` says what would be decided of it now.

    Raises `Incorrect` for a text that is no reference, and `NotFound` for one that the log does not hold, or of which the reader may
    see nothing: a permit of which nothing was released left no entry, and an entry whose retention ended explains nothing more.
    """
    number = number_of(reference)
    stored = await reader.of_decision(number, most=MOST_USES + 1)
    uses = [(each, each.entry) for each in stored if each.entry is not None and holds(each.entry)]
    if not uses:
        raise decision_unknown()
    first = uses[0][1]
    trace = await _trace(reader, first)
    told: JsonObject = {
        "reference": reference_of(number),
        "outcome": "refused" if first.rule else "permitted",
        "rule": first.rule or None,
        "trace": trace,
        "today": None if trace is None else today(first, trace),
        "uses": [_use(each, entry) for each, entry in uses[:MOST_USES]],
        "more_uses": len(stored) > MOST_USES,
    }
    return Explained(told=told, entries=tuple(entry for _, entry in uses[:MOST_USES]))


def decision_unknown() -> NotFound:
    diagnostics = "The log holds nothing under this reference. Check it letter by letter."
    return NotFound([Issue(code="not-found", error="decision-unknown", diagnostics=diagnostics)])


def as_line(told: Mapping[str, Any]) -> str:
    """Return an explanation or the answer to a what-if as one line of JSON in ASCII: the same bytes wherever it is told."""
    return json.dumps(told) + "\n"


async def _trace(reader: LogReader, entry: Entry) -> JsonObject | None:
    text = await reader.trace(bytes.fromhex(entry.trace)) if entry.trace else None
    return None if text is None else msgspec.json.decode(text, type=JsonObject)


def _use(stored: StoredEntry, entry: Entry) -> JsonObject:
    """Return one entry in words that may leave the house: the person's internal number is not among them."""
    return {
        "entry": stored.event_id,
        "recorded": entry.recorded.isoformat(),
        "agent": msgspec.to_builtins(entry.agent),
        "acting_client": None if entry.actor is None else msgspec.to_builtins(entry.actor),
        "purpose": entry.purpose,
        "interaction": entry.subtype,
        "type": entry.type or None,
        "asked": entry.asked or None,
        "patient": entry.patient or None,
        "outcome": _OUTCOMES.get(entry.outcome, entry.outcome),
        "items": entry.item_count,
        "request": entry.request or None,
    }
