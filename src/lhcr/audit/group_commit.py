"""Group commit: entries that wait while one flush is under way go together into the next.

One transaction then makes many callers' entries durable, which is what keeps a durable log cheap.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lhcr.audit.entry import PendingEntry

#: Entries of one flush: large enough that the commit is shared, small enough that nobody waits long for another's rows.
MOST_IN_A_FLUSH = 512


@dataclass(frozen=True, slots=True)
class _Waiting:
    entries: Sequence[PendingEntry]
    done: "asyncio.Future[None]"


class GroupCommit:
    """Collects entries and hands them to `flush`, one flush at a time. A failed flush fails all whose entries were in it."""

    def __init__(self, flush: Callable[[Sequence[PendingEntry]], Awaitable[None]]) -> None:
        self._flush = flush
        self._waiting: list[_Waiting] = []
        self._running: asyncio.Task[None] | None = None

    async def append(self, entries: Sequence[PendingEntry]) -> None:
        """Return when the entries are durable. Raises what `flush` raised, and then none of them may be relied on."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(entries, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        # A caller who leaves early leaves its entries behind: what was asked to be logged is logged.
        await asyncio.shield(done)

    async def drain(self) -> None:
        """Wait until nothing waits."""
        while self._running is not None:
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._flush_group(self._next_group())
        finally:
            self._running = None

    def _next_group(self) -> list[_Waiting]:
        taken, size = 0, 0
        while taken < len(self._waiting) and (taken == 0 or size < MOST_IN_A_FLUSH):
            size += len(self._waiting[taken].entries)
            taken += 1
        group, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return group

    async def _flush_group(self, group: Sequence[_Waiting]) -> None:
        error: BaseException | None = None
        try:
            await self._flush([entry for waiting in group for entry in waiting.entries])
        except Exception as raised:  # noqa: BLE001 - whatever went wrong, it is told to everyone who waits.
            error = raised
        for waiting in group:
            _settle(waiting.done, error)


def _settle(done: "asyncio.Future[None]", error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
