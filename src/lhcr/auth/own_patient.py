"""The patient in whose record an app is launched: the citizen who let it (SMART App Launch 2.0, `launch/patient`)."""

from dataclasses import dataclass

from lhcr.access.decide import Gate
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.fhir.search.query_parser import parse_query
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Forbidden
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.record import Record
from lhcr.record.search.found import SearchPage
from lhcr.record.search.searching import Searching

_NOT_SENT = Answer(status=204)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPatients:
    """Finds the Patient of whoever is signed in as themselves; the gate decides it and the log names them, as with any search."""

    gate: Gate
    record: Record
    searching: Searching
    clock: Clock

    async def of(self, principal: Principal, *, request_id: str) -> str:
        """Return the id of the citizen's own Patient, "" where there is none here or it may not be shown to them."""
        if principal.person_nhs_number is None:
            return ""
        number = NhsNumber(principal.person_nhs_number)
        person = await self.record.whose_number(number)
        request = Request(
            interaction=Interaction.SEARCH,
            type="Patient",
            person=UNKNOWN if person is None else person,
            request_id=request_id,
            asked="Patient",
        )
        found: list[str] = []

        def note(page: SearchPage) -> Answer:
            found.extend(entry.id for entry in page.matches[:1])
            return _NOT_SENT

        query = parse_query("Patient", [("identifier", f"{NHS_NUMBER}|{number.value}")], now=self.clock.now())
        try:
            await self.searching.page(await self.gate.decide(principal, request), query, render=note)
        except Forbidden:
            return ""
        return found[0] if found else ""
