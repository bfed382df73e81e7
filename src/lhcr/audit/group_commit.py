"""Group commit: entries that wait while one flush is under way go together into the next.

One transaction then makes many callers' entries durable, which is what keeps a durable log cheap.
"""

from collections.abc import Awaitable, Callable, Sequence

from lhcr.audit.entry import PendingEntry
from lhcr.store.gathering import Gathering

#: Entries of one flush: large enough that the commit is shared, small enough that nobody waits long for another's rows.
MOST_IN_A_FLUSH = 512


class GroupCommit:
    """Collects entries and hands them to `flush`, one flush at a time. A failed flush fails all whose entries were in it."""

    def __init__(self, flush: Callable[[Sequence[PendingEntry]], Awaitable[None]]) -> None:
        self._flush = flush
        self._gathering: Gathering[Sequence[PendingEntry], None] = Gathering(
            self._turn, most=MOST_IN_A_FLUSH, weigh=len
        )

    async def append(self, entries: Sequence[PendingEntry]) -> None:
        """Return when the entries are durable, whoever leaves early. Raises what `flush` raised: then none may be relied on."""
        await self._gathering.ask(entries)

    async def drain(self) -> None:
        """Wait until nothing waits."""
        await self._gathering.drain()

    async def _turn(self, waiting: Sequence[Sequence[PendingEntry]]) -> Sequence[None]:
        await self._flush([entry for entries in waiting for entry in entries])
        return [None] * len(waiting)
