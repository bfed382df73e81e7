"""The interactions create, update, patch and delete by id (FHIR R4 http 3.1.0.4 to 3.1.0.8)."""

from lhcr.access.decision import AccessDecision
from lhcr.access.request import Interaction
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.condition import read_none_exist
from lhcr.fhir_api.drafting import create_draft, delete_draft, patch_draft, require_type, update_draft
from lhcr.fhir_api.found import read_found
from lhcr.fhir_api.headers import expected_version
from lhcr.fhir_api.parameters import refuse_unknown
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.shown import shown_change
from lhcr.fhir_api.version_answer import written_answer
from lhcr.fhir_api.whom import decide_on_change, decide_on_resource
from lhcr.record.draft import Draft


async def create(services: Services, call: Call) -> Reply:
    refuse_unknown(call.pairs)
    expected_version(call.headers, creates=False)
    resource = await call.content.resource()
    require_type(resource, call.type)
    condition = read_none_exist(services, call.type, call.headers.get("if-none-exist"))
    draft = create_draft(call.type, resource, condition=condition)
    decision = await decide_on_resource(services, call, Interaction.CREATE, draft)
    reply = await write_one(services, call, decision, draft)
    # Where nothing was made because it is there, the answer is what is.
    return await read_found(services, call, draft) if draft.found else reply


async def update(services: Services, call: Call) -> Reply:
    refuse_unknown(call.pairs)
    resource = await call.content.resource()
    require_type(resource, call.type)
    draft = update_draft(call.type, call.target.id, resource, if_match=expected_version(call.headers, creates=True))
    decision = await decide_on_resource(services, call, Interaction.UPDATE, draft)
    return await write_one(services, call, decision, draft)


async def patch(services: Services, call: Call) -> Reply:
    refuse_unknown(call.pairs)
    operations = await call.content.operations()
    draft = patch_draft(call.type, call.target.id, operations, if_match=expected_version(call.headers, creates=False))
    decision = await decide_on_change(services, call, Interaction.PATCH, draft)
    return await write_one(services, call, decision, draft)


async def delete(services: Services, call: Call) -> Reply:
    refuse_unknown(call.pairs)
    draft = delete_draft(call.type, call.target.id, if_match=expected_version(call.headers, creates=False))
    decision = await decide_on_change(services, call, Interaction.DELETE, draft)
    return await write_one(services, call, decision, draft)


async def write_one(services: Services, call: Call, decision: AccessDecision, draft: Draft) -> Reply:
    shown = await shown_change(services, call, decision, usual="representation")
    return await services.record.writing.write(
        decision,
        [draft],
        render=lambda written: written_answer(shown.call, [shown.of(each) for each in written], base=services.base),
    )
