"""Whom cases and alerts are about, with no more than tells one from another: each is traced, decided and in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lhcr.access.decide import Gate
from lhcr.access.request import Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.fhir.search.query_parser import parse_query
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import Ids
from lhcr.record.record import Record
from lhcr.record.search.found import SearchPage
from lhcr.record.search.searching import Searching
from lhcr.views.person import read_banner
from lhcr.views.stored_json import read_stored

_NOT_SENT: Final = Answer(status=204)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedPerson:
    name: str
    nhs_number: str
    born: str


class TracedPeople:
    """Traces for one worker."""

    def __init__(self, *, gate: Gate, record: Record, searching: Searching, clock: Clock, ids: Ids) -> None:
        self._gate = gate
        self._record = record
        self._searching = searching
        self._clock = clock
        self._ids = ids

    async def of(self, principal: Principal, persons: set[int], *, asked: str) -> Mapping[int, TracedPerson]:
        """Return those of some persons whom a trace shows the principal. Raises Forbidden for whose role has none."""
        standing = {person: self._record.goes_on_in(person) for person in persons}
        ids = [patient for each in sorted({*standing.values()}) for patient in await self._record.patients_of(each)]
        if not ids:
            return {}
        people = await self._traced(principal, ids, asked=asked)
        return {person: people[each] for person, each in standing.items() if each in people}

    async def by_id(self, principal: Principal, patient_id: str, *, asked: str) -> TracedPerson | None:
        """Return whom a trace by the id of a Patient shows the principal, None for nobody. Raises Forbidden as `of` does."""
        people = await self._traced(principal, [patient_id], asked=asked)
        return next(iter(people.values()), None)

    async def _traced(self, principal: Principal, ids: Sequence[str], *, asked: str) -> Mapping[int, TracedPerson]:
        request = Request(
            interaction=Interaction.TRACE, type="Patient", person=None, request_id=self._ids.token(), asked=asked
        )
        decision = await self._gate.decide(principal, request)
        people: dict[int, TracedPerson] = {}

        def note(page: SearchPage) -> Answer:
            for entry in page.matches:
                people.setdefault(entry.person_id, self._person(entry.body))
            return _NOT_SENT

        query = parse_query("Patient", [("_id", ",".join(ids)), ("_count", str(len(ids)))], now=self._clock.now())
        await self._searching.page(decision, query, render=note)
        return people

    def _person(self, body: bytes) -> TracedPerson:
        banner = read_banner([read_stored(body)], today=self._clock.now().date())
        name = banner.name
        return TracedPerson(
            name=", ".join(part for part in (name.family.upper(), name.given) if part),
            nhs_number=banner.nhs_number,
            born=banner.born,
        )
