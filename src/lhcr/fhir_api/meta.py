"""The operation $meta: the meta of one resource, or what those of a type or of the area carry (FHIR R4 resource-operation-meta)."""

from lhcr.access.request import Interaction
from lhcr.audit.answer import Answer
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.operation_input import operation_pairs
from lhcr.fhir_api.parameters import refuse_unknown
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.whom import decide_on_id
from lhcr.kernel.json_types import JsonObject


async def meta(services: Services, call: Call) -> Reply:
    refuse_unknown(await operation_pairs(call))
    decision, person_id = await decide_on_id(services, call, Interaction.READ)
    return await services.record.reading.read(
        decision,
        type=call.type,
        id=call.target.id,
        person_id=person_id,
        render=lambda stored: _answer(read_json(stored.body or b"{}").get("meta")),
    )


async def used_meta(services: Services, call: Call) -> Reply:
    """Answer for a type or the whole area: a question over people, and refused as a search over them is."""
    refuse_unknown(await operation_pairs(call))
    of_type = call.type or None
    decision = await services.gate.decide(call.principal, call.request(Interaction.SEARCH, None, type=of_type))
    return await services.record.used_meta.read(decision, type=of_type, render=_answer)


def _answer(value: JsonObject | None) -> Answer:
    """No value of FHIR is empty: where nothing carries anything, there is nothing to return."""
    returned = {"parameter": [{"name": "return", "valueMeta": value}]} if value else {}
    parameters = {"resourceType": "Parameters", **returned}
    return Answer(status=200, body=(write_json(parameters),))
