"""What an If-None-Exist found: the resource that is there already, read as a read reads it (FHIR R4 http 3.1.0.4.3)."""

from dataclasses import replace

from lhcr.access.request import Interaction
from lhcr.audit.answer import Answer
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.subset import Subset
from lhcr.fhir_api.version_answer import location, read_answer
from lhcr.record.draft import Draft
from lhcr.record.stored import Stored


async def read_found(services: Services, call: Call, draft: Draft) -> Reply:
    """Return 200 with the resource and where it is; it needs the decision that any read needs."""
    request = call.request(Interaction.READ, draft.person_id, type=draft.type)
    decision = await services.gate.decide(call.principal, request)
    unconditional = replace(call, headers={})

    def render(stored: Stored) -> Answer:
        answer = read_answer(unconditional, stored, subset=Subset())
        there = location(services.base, stored.type, stored.id, version=stored.version)
        return replace(answer, headers=(there, *answer.headers))

    return await services.record.reading.read(
        decision, type=draft.type, id=draft.id or "", person_id=draft.person_id, render=render
    )
