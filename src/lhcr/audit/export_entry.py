"""The entry by which the log says that it was taken out of the area, before the first line leaves. Pure."""

from dataclasses import replace
from typing import Final

from lhcr.audit.entry import EntryDraft

#: The kind and subtype of such an entry. Hazard: what everybody looked at is carried away, and the log tells of a search.
EXPORTED: Final = "log-exported"


def exported(draft: EntryDraft) -> EntryDraft:
    """Return the draft of a look at the log as one of taking it out."""
    return replace(draft, kind=EXPORTED, subtype=EXPORTED)
