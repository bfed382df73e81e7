"""The entry by which the log says that a writer ended without saying so: which, after which entry, of what time. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

from lhcr.audit.entry import Action, Entry, EntryDraft, Outcome, PendingEntry
from lhcr.identity.claims import Claims
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.purposes import Purpose

#: DICOM's code for what an application does, such as to stop.
APPLICATION: Final = "110100"
WRITER_LOST: Final = "writer-lost"
_WHAT: Final = (
    "A worker ended without closing its part of the log; the answers of its last entries may not have left: "
    "writer {writer} after entry {last} of {recorded}"
)
_WRITER: Final = "writer={writer}&last={last}"


def writer_lost(
    writer_id: int, *, last_seq: int, last_recorded: datetime, now: datetime, site: str, overseer: str
) -> PendingEntry:
    """Return the entry, in the name of the area itself. `overseer` is the organisation whose office reads it, "" for nobody's."""
    claims = Claims(
        sub=WRITER_LOST,
        name="The audit log",
        kind=PrincipalKind.SYSTEM,
        ods=overseer,
        purposes=[Purpose.OPERATIONS.code],
        sign_in=SignIn.NOT_TOLD,
    )
    recorded = last_recorded.astimezone(UTC).isoformat()
    draft = EntryDraft(
        principal=claims.principal(token_id="", expires=now + timedelta(minutes=1)),
        kind=APPLICATION,
        subtype=WRITER_LOST,
        action=Action.EXECUTE,
        source=site,
        request_id="",
        asked=_WHAT.format(writer=writer_id, last=last_seq, recorded=recorded),
    )
    query = f"{_WRITER.format(writer=writer_id, last=last_seq)}&recorded={recorded}"
    return draft.complete(recorded=now, outcome=Outcome.FAILED, query=query)


def says_lost(entry: Entry) -> bool:
    """Whether an entry says that its writer was lost. No caller of an edge can bring such an entry about."""
    return (entry.kind, entry.subtype) == (APPLICATION, WRITER_LOST)


def lost_at(entry: Entry, *, writer_id: int, seq: int) -> bool:
    """Whether such an entry is where it says that it is: right behind the last one of its own writer."""
    return entry.query.startswith(_WRITER.format(writer=writer_id, last=seq - 1) + "&")
