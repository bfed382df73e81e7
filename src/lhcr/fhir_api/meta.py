"""The operation $meta of one resource: its meta alone (FHIR R4 resource-operation-meta)."""

from lhcr.access.request import Interaction
from lhcr.audit.answer import Answer
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.parameters import refuse_unknown
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.whom import decide_on_id
from lhcr.record.stored import Stored


async def meta(services: Services, call: Call) -> Reply:
    refuse_unknown(call.pairs)
    decision, person_id = await decide_on_id(services, call, Interaction.READ)
    return await services.record.reading.read(
        decision, type=call.type, id=call.target.id, person_id=person_id, render=_answer
    )


def _answer(stored: Stored) -> Answer:
    value = read_json(stored.body or b"{}").get("meta")
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "return", "valueMeta": value}]}
    return Answer(status=200, body=(write_json(parameters),))
