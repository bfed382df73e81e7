"""What an If-None-Exist found: the resource that is there already, read as a read reads it (FHIR R4 http 3.1.0.4.3)."""

from lhcr.access.request import Interaction
from lhcr.audit.answer import Answer
from lhcr.audit.released import Released
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.version_answer import location, version_headers, written_body
from lhcr.record.draft import Draft
from lhcr.record.stored import Stored
from lhcr.record.written import Written


async def read_found(services: Services, call: Call, draft: Draft, *, usual: str = "representation") -> Released:
    """Return 200 with where it is, since when, and the resource as Prefer asks; it needs the decision that any read needs."""
    request = call.request(Interaction.READ, draft.person_id, type=draft.type)
    decision = await services.gate.decide(call.principal, request)

    def render(stored: Stored) -> Answer:
        there = location(services.base, stored.type, stored.id, version=stored.version)
        headers = version_headers(call, version=stored.version, at=stored.last_updated)
        found = Written(draft=draft, version=stored.version, at=stored.last_updated, body=stored.body)
        body = written_body(found, call.headers, usual=usual)
        return Answer(status=200, headers=(there, *headers), body=() if body is None else (body,))

    return await services.record.reading.read(
        decision, type=draft.type, id=draft.id or "", person_id=draft.person_id, render=render
    )
