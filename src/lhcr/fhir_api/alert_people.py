"""Whom alerts are about, by NHS number: each is traced as anybody is, which is decided and in the log."""

from collections.abc import Iterable, Mapping
from typing import Final

from lhcr.access.request import Interaction
from lhcr.audit.answer import Answer
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.query_parser import parse_query
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.services import Services
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.search.found import SearchPage

_NOT_SENT: Final = Answer(status=204)
#: Patients that are traced at once: a page never holds fewer than it is asked for, so that nobody is taken to have no number.
_AT_ONCE: Final = 200


async def numbers_of(services: Services, call: Call, persons: Iterable[int]) -> Mapping[int, str]:
    """Return the NHS numbers of those of some persons who have one that a trace shows. Raises Refused for whom no trace is for."""
    standing = {person: services.record.goes_on_in(person) for person in persons}
    ids = [patient for each in sorted({*standing.values()}) for patient in await services.record.patients_of(each)]
    if not ids:
        return {}
    decision = await services.gate.decide(call.principal, call.request(Interaction.TRACE, None, type="Patient"))
    shown: list[tuple[int, NhsNumber]] = []

    def note(page: SearchPage) -> Answer:
        shown.extend((entry.person_id, number) for entry in page.matches for number in _numbers(entry.body))
        return _NOT_SENT

    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        pairs = [("_id", ",".join(some)), ("_count", str(len(some)))]
        query = parse_query("Patient", pairs, now=services.clock.now())
        await services.searching.page(decision, query, render=note)
    # Hazard: wrong person. A number that a source wrote and that is in doubt, or another's, is not theirs.
    held = {person: number.value for person, number in shown if await services.record.whose_number(number) == person}
    return {person: held[each] for person, each in standing.items() if each in held}


def _numbers(body: bytes) -> Iterable[NhsNumber]:
    for identifier in read_json(body).get("identifier", ()):
        if identifier.get("system") == NHS_NUMBER:
            try:
                yield NhsNumber.parse(identifier.get("value", ""))
            except Incorrect:
                continue
