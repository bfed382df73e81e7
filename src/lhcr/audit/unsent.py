"""An answer that never left: its entry was durable before, as every answer's is, and a following entry says that nobody got it.

A server can know that it handed no byte to a connection; that the other side received what it handed over it can never know. Of the
last answers of a worker that was killed nothing is known: its writer is marked as lost (`lost_writers`), which says so of all of them.
"""

from typing import Final

from lhcr.audit.entry import Action, EntryDraft, Outcome, PendingEntry
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock

#: Where a server keeps in an ASGI scope how to ask whether whoever asked has left.
LEFT: Final = "lhcr.left"
#: What such an entry is called; it has the id of the request whose answer it is about.
NOT_SENT: Final = "not-sent"


def not_sent(principal: Principal, *, site: str, request_id: str, clock: Clock) -> PendingEntry:
    """Return the entry. `site` is the area's own name in the log."""
    draft = EntryDraft(
        principal=principal,
        kind="rest",
        subtype=NOT_SENT,
        action=Action.EXECUTE,
        source=site,
        request_id=request_id,
    )
    return draft.complete(recorded=clock.now(), outcome=Outcome.FAILED)
