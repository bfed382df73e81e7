"""The alert queue as its page asks for it: decided, with the people whom it names, and in the log before it is shown."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeAlias

from lhcr.access.alert_queue import AlertPage, AlertPosition, read_alerts
from lhcr.access.decide import Gate
from lhcr.access.request import Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import Ids
from lhcr.portal.traced_people import TracedPeople, TracedPerson
from lhcr.record.record import Record
from lhcr.record.search.searching import Searching
from lhcr.store.database import Pool

_MOST: Final = 20


AlertPerson: TypeAlias = TracedPerson
RenderAlerts: TypeAlias = Callable[[AlertPage, Mapping[int, AlertPerson]], Answer]


class AlertQueue(Protocol):
    async def page(self, principal: Principal, *, before: AlertPosition | None, render: RenderAlerts) -> Released:
        """Read the alerts of the principal's own organisation, and release the page once the log says whom it shows.

        Raises Forbidden for whoever may not read the log, and Unavailable.
        """
        ...


class StoredAlerts:
    """Reads alerts for one worker."""

    def __init__(
        self, *, gate: Gate, log: AuditLog, pool: Pool, record: Record, searching: Searching, clock: Clock, ids: Ids
    ) -> None:
        self._gate = gate
        self._log = log
        self._pool = pool
        self._people = TracedPeople(gate=gate, record=record, searching=searching, clock=clock, ids=ids)
        self._clock = clock
        self._ids = ids

    async def page(self, principal: Principal, *, before: AlertPosition | None, render: RenderAlerts) -> Released:
        """As `AlertQueue.page`. Each person who is shown is traced, and so has an entry of their own."""
        request = Request(
            interaction=Interaction.AUDIT_READ,
            type="AuditEvent",
            person=None,
            request_id=self._ids.token(),
            asked="Alerts",
        )
        decision = await self._gate.decide(principal, request)
        found = await read_alerts(self._pool, decision, before=before, most=_MOST)
        people = await self._people.of(principal, {alert.person_id for alert in found.alerts}, asked="Alerts")
        entry = decision.entry.complete(recorded=self._clock.now(), outcome=Outcome.SUCCESS)
        return await self._log.release([entry], render(found, people))
