"""A change of what access depends on by whoever runs the area: data, epochs and an entry of the log in one transaction, or nothing."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from lhcr.audit.entry import Action, EntryDraft, Outcome
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.audit.outage import unavailable_when_down
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.store.database import Connection, Pool

#: The kind of such entries.
POLICY_CHANGED: Final = "policy"
_OUTAGE: Final = "What access depends on cannot be written now, so nothing was changed. Give the command again."
_Found = TypeVar("_Found")


class PolicyChanges:
    """Changes by one process. `site` is the area's own name in the log."""

    def __init__(self, *, pool: Pool, log: AuditLog, clock: Clock, site: str) -> None:
        self._pool = pool
        self._log = log
        self._clock = clock
        self._site = site

    async def make(
        self, principal: Principal, subtype: str, work: Callable[[Connection], Awaitable[tuple[_Found, str]]]
    ) -> _Found:
        """Do some work and return what it returns, logged under `subtype` as it says in words; empty words: nothing was changed.

        Raises Unavailable where it cannot be written: then nothing was done.
        """
        async with (
            unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE),
            self._log.write_lane() as lane,
        ):
            async with self._pool.acquire() as connection, connection.transaction():
                found, said = await work(connection)
                if said:
                    entry = self._draft(principal, subtype, said).complete(
                        recorded=self._clock.now(), outcome=Outcome.SUCCESS
                    )
                    await connection.execute(INSERT_ENTRIES, *lane.prepare([entry]).parameters)
            if said:
                lane.committed()
        return found

    def _draft(self, principal: Principal, subtype: str, said: str) -> EntryDraft:
        return EntryDraft(
            principal=principal,
            kind=POLICY_CHANGED,
            subtype=subtype,
            action=Action.UPDATE,
            source=self._site,
            request_id="",
            asked=said,
        )
