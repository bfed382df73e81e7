"""The entry by which the log says that texts were disposed of: of what time, on whose word. Pure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from lhcr.audit.entry import Action, Entry, EntryDraft, Outcome, PendingEntry

#: DICOM's code for a use of the log itself, and the record life cycle's for destroying.
LOG_USED: Final = "110101"
DESTROY: Final = "destroy"
_BEFORE: Final = "recorded=lt"


def disposal_entry(draft: EntryDraft, *, before: datetime, recorded: datetime, asked: str) -> PendingEntry:
    """Return the entry of a disposal of all texts recorded before an instant. `asked` says it for people."""
    said = replace(draft, kind=LOG_USED, subtype=DESTROY, action=Action.DELETE, type="AuditEvent", asked=asked)
    query = _BEFORE + before.astimezone(UTC).isoformat()
    return said.complete(recorded=recorded, outcome=Outcome.SUCCESS, query=query)


def disposed_before(entry: Entry) -> datetime | None:
    """Return up to when an entry says that texts were disposed of, None where it says nothing of it.

    No caller of an edge can bring such an entry about: its kind is not that of a request. Nobody disposes of what is not yet
    written, so that one entry cannot be the leave for whatever comes.
    """
    if (entry.kind, entry.subtype, entry.outcome) != (LOG_USED, DESTROY, Outcome.SUCCESS.value):
        return None
    try:
        before = datetime.fromisoformat(entry.query.removeprefix(_BEFORE))
    except ValueError:
        return None
    return min(before, entry.recorded) if before.tzinfo else None
