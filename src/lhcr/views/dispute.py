"""Disputes of entries: that somebody says that one is wrong, in whose words, and what its source answered, for a reader of the record.

They are Tasks of the record (`record/dispute.py`). Hazard: a forged dispute. Only what lies among the entries of the source that is
asked counts: what another organisation writes about somebody's entry is an entry like any other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.row import Mark, Row
from lhcr.views.written_date import read_date

DISPUTED: Final = "disputed"
_CODE: Final = ("urn:lhcr:task", "dispute")
_WITHDRAWN: Final = frozenset({"cancelled", "entered-in-error"})


class Answer(Enum):
    """How far a dispute has come, as a sentence goes on that began with when it was raised."""

    OPEN = "Its source has been asked"
    CHANGED = "Its source has changed it since"
    UPHELD = "Its source says that it is right"
    ANSWERED = "Its source has answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """`words` are those of whoever raised it, `reply` those of the source; both may be empty."""

    raised: str
    words: str
    answer: Answer
    reply: str

    @property
    def sentence(self) -> str:
        """What a row says of it, without a full stop."""
        return f"Said to be wrong on {self.raised}. {self.answer.value}"


def disputes_of(entries: Iterable[Entry]) -> Mapping[str, tuple[Dispute, ...]]:
    """Return the disputes of entries by their references, in the order of the record."""
    listed = tuple(entries)
    tasks = [each for each in listed if each.kind == "Task" and _is_dispute(each.resource)]
    by_reference = {each.reference: each for each in listed} if tasks else {}
    found: dict[str, tuple[Dispute, ...]] = {}
    for task in tasks:
        reference, _, version = text_of(object_of(task.resource.get("focus")).get("reference")).partition("/_history/")
        entry = by_reference.get(reference)
        if entry is not None and entry.source.ods == task.source.ods and task.resource.get("status") not in _WITHDRAWN:
            found[reference] = (*found.get(reference, ()), _read(task.resource, entry, version))
    return found


def marked(row: Row, disputes: Mapping[str, tuple[Dispute, ...]]) -> Row:
    """Return a row with a mark for the last dispute of each entry behind it."""
    for origin in row.origins:
        if origin.reference in disputes:
            row = row.marked(Mark(DISPUTED, disputes[origin.reference][-1].sentence))
    return row


def _is_dispute(task: JsonObject) -> bool:
    codings = objects_of(object_of(task.get("code")).get("coding"))
    return any((each.get("system"), each.get("code")) == _CODE for each in codings)


def _read(task: JsonObject, entry: Entry, version: str) -> Dispute:
    raised = read_date(task.get("authoredOn"))
    notes = [text_of(note.get("text")) for note in objects_of(task.get("note"))]
    reply = text_of(object_of(task.get("statusReason")).get("text")) or (notes[-1] if notes else "")
    return Dispute(
        raised=raised.shown if raised else "a day that is not recorded",
        words=text_of(task.get("description")),
        answer=_answer(task, entry, version),
        reply=reply,
    )


def _answer(task: JsonObject, entry: Entry, version: str) -> Answer:
    now = text_of(object_of(entry.resource.get("meta")).get("versionId"))
    if version and now and now != version:
        return Answer.CHANGED
    if task.get("status") == "rejected":
        return Answer.UPHELD
    return Answer.ANSWERED if task.get("status") in {"completed", "failed"} else Answer.OPEN
