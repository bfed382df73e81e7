"""The conditional interactions: update, patch and delete of what a search finds (FHIR R4 http 3.1.0.4.3, 3.1.0.6.1, 3.1.0.7.1)."""

from lhcr.access.decision import AccessDecision
from lhcr.access.request import NOBODY, Interaction
from lhcr.fhir.search.query import SearchQuery
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.condition import read_condition
from lhcr.fhir_api.drafting import conditional_update_draft, delete_draft, patch_draft, require_type
from lhcr.fhir_api.headers import expected_version
from lhcr.fhir_api.named_person import person_of_query
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.write import write_one
from lhcr.kernel.json_types import JsonObject


async def conditional_update(services: Services, call: Call) -> Reply:
    condition = read_condition(services, call.type, call.pairs)
    resource = await call.content.resource()
    require_type(resource, call.type)
    expected = expected_version(call.headers, creates=True)
    draft = conditional_update_draft(call.type, resource, condition, if_match=expected)
    decision = await _decide(services, call, Interaction.UPDATE, condition, resource)
    return await write_one(services, call, decision, draft)


async def conditional_patch(services: Services, call: Call) -> Reply:
    condition = read_condition(services, call.type, call.pairs)
    operations = await call.content.operations()
    draft = patch_draft(
        call.type, None, operations, if_match=expected_version(call.headers, creates=False), condition=condition
    )
    decision = await _decide(services, call, Interaction.PATCH, condition, None)
    return await write_one(services, call, decision, draft)


async def conditional_delete(services: Services, call: Call) -> Reply:
    condition = read_condition(services, call.type, call.pairs)
    draft = delete_draft(call.type, None, if_match=expected_version(call.headers, creates=False), condition=condition)
    decision = await _decide(services, call, Interaction.DELETE, condition, None)
    return await write_one(services, call, decision, draft)


async def _decide(
    services: Services, call: Call, interaction: Interaction, condition: SearchQuery, resource: JsonObject | None
) -> AccessDecision:
    """Decide about the subject of what is written or, where it names none, whom the condition names."""
    about = NOBODY if resource is None else await services.record.subject_of(resource)
    if about == NOBODY:
        about = await person_of_query(services, condition)
    query = services.mask.mask(call.pairs)
    return await services.gate.decide(call.principal, call.request(interaction, about, type=call.type, query=query))
