"""The records that a citizen may open, over this area's own store: their own, and those of persons for whom they act.

Whose they are follows from facts: the NHS number of the token, and what proxy sources say. Each record is asked of the gate
and is in the log before the page that names it leaves.
"""

from collections.abc import Iterator, Sequence

from lhcr.access.decide import Gate
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.released import Released
from lhcr.fhir.search.query_parser import parse_query
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.ids import Ids
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.portal.ports import OpenRecord, RenderOpen
from lhcr.portal.record_keys import RecordKeys
from lhcr.record.record import Record
from lhcr.record.search.found import SearchPage
from lhcr.record.search.searching import Searching
from lhcr.views.json_walk import objects_of, text_of
from lhcr.views.person_name import read_name
from lhcr.views.stored_json import read_stored

#: Of the people whom one record names, so many are looked up.
_MOST = 20
_NOT_SENT = Answer(status=204)


class OwnRecords:
    """Finds records for one worker."""

    def __init__(
        self, *, gate: Gate, record: Record, searching: Searching, keys: RecordKeys, clock: Clock, ids: Ids
    ) -> None:
        self._gate = gate
        self._record = record
        self._searching = searching
        self._keys = keys
        self._clock = clock
        self._ids = ids

    async def find(self, principal: Principal, *, render: RenderOpen) -> Released:
        """As `CitizenRecords.find`. Each record is released with those found before it, so that the last answer names all."""
        own = _number(principal.person_nhs_number)
        found: list[OpenRecord] = []
        released = await self._show(principal, own, await self._whose(own), found, render)
        for number, person in await self._acted_for(principal, own):
            released = await self._show(principal, number, person, found, render)
        return released

    async def _show(
        self,
        principal: Principal,
        number: NhsNumber | None,
        person: AskedPerson,
        found: list[OpenRecord],
        render: RenderOpen,
    ) -> Released:
        """Add the record of one person. Somebody who is not here is refused by the gate, as a stranger is, and in its log."""
        decision = await self._gate.decide(principal, self._request("Patient", person))
        criteria = [("identifier", f"{NHS_NUMBER}|{number.value}")] if number else []

        def answer(page: SearchPage) -> Answer:
            own = not found
            found.extend(self._record_of(entry.id, read_stored(entry.body), own=own) for entry in page.matches[:1])
            return render(tuple(found))

        query = parse_query("Patient", criteria, now=self._clock.now())
        return await self._searching.page(decision, query, render=answer)

    async def _acted_for(self, principal: Principal, own: NhsNumber | None) -> list[tuple[NhsNumber, int]]:
        """The people whom the own record names and for whom facts say that the principal acts.

        Facts are read first, so that no refusal is written about somebody whose record nobody asked to open.
        """
        acted_for = []
        for number in await self._named(principal, own):
            person = await self._record.whose_number(number)
            if person is not None and await self._gate.acts_for(principal, person):
                acted_for.append((number, person))
        return acted_for

    async def _named(self, principal: Principal, own: NhsNumber | None) -> Sequence[NhsNumber]:
        """The NHS numbers of people whom the own record names as related to its person."""
        decision = await self._gate.decide(principal, self._request("RelatedPerson", await self._whose(own)))
        named: list[NhsNumber] = []

        def note(page: SearchPage) -> Answer:
            named.extend(number for entry in page.matches for number in _numbers(read_stored(entry.body)))
            return _NOT_SENT

        query = parse_query("RelatedPerson", [("_count", str(_MOST))], now=self._clock.now())
        await self._searching.page(decision, query, render=note)
        return list(dict.fromkeys(number for number in named if number != own))[:_MOST]

    async def _whose(self, number: NhsNumber | None) -> AskedPerson:
        person = await self._record.whose_number(number) if number else None
        return UNKNOWN if person is None else person

    def _request(self, resource_type: str, person: AskedPerson) -> Request:
        return Request(
            interaction=Interaction.SEARCH,
            type=resource_type,
            person=person,
            request_id=self._ids.token(),
            asked=resource_type,
        )

    def _record_of(self, patient_id: str, patient: JsonObject, *, own: bool) -> OpenRecord:
        name = read_name(patient.get("name"))
        return OpenRecord(
            key=self._keys.seal(patient_id),
            own=own,
            given=name.given,
            family=name.family,
            gender=text_of(patient.get("gender")),
        )


def _numbers(related: JsonObject) -> Iterator[NhsNumber]:
    for identifier in objects_of(related.get("identifier")):
        if text_of(identifier.get("system")) == NHS_NUMBER:
            number = _number(text_of(identifier.get("value")))
            if number is not None:
                yield number


def _number(value: str | None) -> NhsNumber | None:
    try:
        return NhsNumber.parse(value) if value else None
    except Incorrect:
        return None
