"""The interactions read and vread: one version of one resource (FHIR R4 http 3.1.0.2, 3.1.0.3)."""

from lhcr.access.request import Interaction
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.headers import version_number
from lhcr.fhir_api.parameters import refuse_unknown
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.subset import KNOWN, read_subset
from lhcr.fhir_api.version_answer import read_answer
from lhcr.fhir_api.whom import decide_on_id


async def read(services: Services, call: Call) -> Reply:
    refuse_unknown(call.pairs, known=KNOWN)
    subset = read_subset(call.pairs)
    decision, person_id = await decide_on_id(services, call, Interaction.READ)
    return await services.record.reading.read(
        decision,
        type=call.type,
        id=call.target.id,
        person_id=person_id,
        render=lambda stored: read_answer(call, stored, subset=subset),
    )


async def vread(services: Services, call: Call) -> Reply:
    refuse_unknown(call.pairs, known=KNOWN)
    subset = read_subset(call.pairs)
    decision, person_id = await decide_on_id(services, call, Interaction.VREAD)
    return await services.record.reading.vread(
        decision,
        type=call.type,
        id=call.target.id,
        version=version_number(call.target.version),
        person_id=person_id,
        render=lambda stored: read_answer(call, stored, subset=subset),
    )
