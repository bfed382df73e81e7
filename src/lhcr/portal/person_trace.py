"""The person finder over this area's own store: a trace, which needs a role alone and is written down for each person shown."""

from dataclasses import replace

from lhcr.access.decide import Gate
from lhcr.access.policy import DEMOGRAPHICS
from lhcr.access.request import Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.query_mask import QueryMask
from lhcr.audit.released import Released
from lhcr.fhir.search.query_parser import parse_query
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import Ids
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.portal.ports import Criteria, Found, FoundPerson, RenderFound, TraceCount
from lhcr.portal.record_keys import RecordKeys
from lhcr.record.search.found import SearchPage
from lhcr.record.search.searching import Searching
from lhcr.views.json_walk import objects_of
from lhcr.views.person import is_restricted, read_banner
from lhcr.views.stored_json import read_stored
from lhcr.views.words import address_text

_MOST = 10


class PersonTrace:
    """Finds people for one worker: at most ten, with as little of each as tells one from another."""

    def __init__(
        self,
        *,
        gate: Gate,
        searching: Searching,
        mask: QueryMask,
        traces: TraceCount,
        keys: RecordKeys,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._gate = gate
        self._searching = searching
        self._mask = mask
        self._traces = traces
        self._keys = keys
        self._clock = clock
        self._ids = ids

    async def find(self, principal: Principal, criteria: Criteria, *, render: RenderFound) -> Released:
        """As `PersonFinder.find`. Hazard: a register opened row by row, with a role alone, by search after search."""
        self._traces.count(principal)
        pairs = _pairs(criteria)
        request = Request(
            interaction=Interaction.TRACE,
            type="Patient",
            person=None,
            request_id=self._ids.token(),
            asked="Patient",
            query=self._mask.mask(pairs),
        )
        decision = await self._gate.decide(principal, request)
        partial = any(DEMOGRAPHICS in each.categories for each in self._gate.not_shared(principal))
        query = parse_query("Patient", [*pairs, ("_count", str(_MOST))], now=self._clock.now())

        def answer(page: SearchPage) -> Answer:
            return render(replace(self._found(page), partial=partial))

        return await self._searching.page(decision, query, render=answer)

    def _found(self, page: SearchPage) -> Found:
        people = tuple(self._person(entry.id, read_stored(entry.body)) for entry in page.matches)
        return Found(people=people, more=page.after is not None)

    def _person(self, patient_id: str, patient: JsonObject) -> FoundPerson:
        """Hazard: a restricted person's address in a list that needs no relationship."""
        banner, restricted = read_banner([patient], today=self._clock.now().date()), is_restricted(patient)
        address = next(objects_of(patient.get("address")), None)
        return FoundPerson(
            key=self._keys.seal(patient_id),
            family=banner.name.family,
            given=banner.name.given,
            title=banner.name.title,
            born=banner.born,
            died=banner.died,
            sex=banner.sex,
            nhs_number=banner.nhs_number,
            address="" if restricted or address is None else address_text(address),
            restricted=restricted,
        )


def _pairs(criteria: Criteria) -> list[tuple[str, str]]:
    """The search by number, or by the beginning of names with the whole birth date."""
    if criteria.nhs_number:
        return [("identifier", f"{NHS_NUMBER}|{criteria.nhs_number}")]
    pairs = [("family", _escaped(criteria.family))]
    pairs += [("given", _escaped(criteria.given))] if criteria.given else []
    return [*pairs, ("birthdate", criteria.born.isoformat())] if criteria.born else pairs


def _escaped(value: str) -> str:
    """A value in which nothing reads as one of FHIR's separators."""
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|").replace("$", "\\$")
