"""The alert queue as its page asks for it: decided, with the people whom it names, and in the log before it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from lhcr.access.alert_queue import AlertPage, AlertPosition, read_alerts
from lhcr.access.decide import Gate
from lhcr.access.request import Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.released import Released
from lhcr.fhir.search.query_parser import parse_query
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import Ids
from lhcr.record.record import Record
from lhcr.record.search.found import SearchPage
from lhcr.record.search.searching import Searching
from lhcr.store.database import Pool
from lhcr.views.person import read_banner
from lhcr.views.stored_json import read_stored

_MOST: Final = 20
_NOT_SENT: Final = Answer(status=204)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPerson:
    """Whom an alert is about, with no more than tells one from another."""

    name: str
    nhs_number: str
    born: str


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
        self._record = record
        self._searching = searching
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
        people = await self._people(principal, {alert.person_id for alert in found.alerts})
        entry = decision.entry.complete(recorded=self._clock.now(), outcome=Outcome.SUCCESS)
        return await self._log.release([entry], render(found, people))

    async def _people(self, principal: Principal, persons: set[int]) -> Mapping[int, AlertPerson]:
        ids = [patient for person in sorted(persons) for patient in await self._record.patients_of(person)]
        if not ids:
            return {}
        request = Request(
            interaction=Interaction.TRACE,
            type="Patient",
            person=None,
            request_id=self._ids.token(),
            asked="Alerts",
        )
        decision = await self._gate.decide(principal, request)
        people: dict[int, AlertPerson] = {}

        def note(page: SearchPage) -> Answer:
            for entry in page.matches:
                people.setdefault(entry.person_id, self._person(entry.body))
            return _NOT_SENT

        query = parse_query("Patient", [("_id", ",".join(ids)), ("_count", str(len(ids)))], now=self._clock.now())
        await self._searching.page(decision, query, render=note)
        return people

    def _person(self, body: bytes) -> AlertPerson:
        banner = read_banner([read_stored(body)], today=self._clock.now().date())
        name = banner.name
        return AlertPerson(
            name=", ".join(part for part in (name.family.upper(), name.given) if part),
            nhs_number=banner.nhs_number,
            born=banner.born,
        )
