"""The operation $validate: what is wrong with a resource, without storing it (FHIR R4 resource-operation-validate).

That is its structure, and what a write would refuse of it whatever the record holds.
"""

from functools import partial
from typing import Final

from lhcr.access.request import Interaction
from lhcr.audit.answer import Answer
from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate as structural_issues
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.drafting import require_whole
from lhcr.fhir_api.operation_input import not_parameters
from lhcr.fhir_api.parameters import refuse_unknown, single
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.target import Target
from lhcr.fhir_api.told import Told, outcome
from lhcr.fhir_api.whom import decide_on_id
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.foreseeable import foreseeable_issues
from lhcr.record.stored import Stored

_MODES: Final = frozenset({"create", "update"})
_KNOWN: Final = frozenset({"mode", "resource"})


async def validate_sent(services: Services, call: Call) -> Reply:
    """Validate what was sent, alone or as the `resource` of Parameters; 200 whatever is found."""
    refuse_unknown(call.pairs, known=frozenset({"mode"}))
    mode = single(call.pairs, "mode")
    _check_mode(mode)
    read = partial(_issues, base=services.base, target=call.target, mode=mode)
    return outcome(await call.content.document(read))


def _issues(document: JsonObject, *, base: str, target: Target, mode: str | None) -> list[Issue]:
    """Return what is wrong with what was sent; of a wrong structure nothing else can be told."""
    resource, own_mode = _sent(document)
    if issues := structural_issues(resource):
        return issues
    if resource["resourceType"] != target.type:
        return [_mismatch(target.type, "resourceType")]
    if target.id and resource.get("id") != target.id:
        return [_mismatch(target.type, "id")]
    updates = bool(target.id) or "update" in {mode, own_mode}
    return [*_not_whole(resource, updates=updates), *foreseeable_issues(resource, base=base)]


def _not_whole(resource: JsonObject, *, updates: bool) -> tuple[Issue, ...]:
    try:
        if updates:
            require_whole(resource, resource["resourceType"])
    except Incorrect as error:
        return error.issues
    return ()


async def validate_stored(services: Services, call: Call) -> Reply:
    """Validate what is stored under an id."""
    refuse_unknown(call.pairs)
    decision, person_id = await decide_on_id(services, call, Interaction.READ)
    return await services.record.reading.read(
        decision, type=call.type, id=call.target.id, person_id=person_id, render=_stored_answer
    )


def _stored_answer(stored: Stored) -> Answer:
    told: Told = outcome(structural_issues(read_json(stored.body or b"{}")))
    return Answer(status=told.status, headers=told.headers, body=told.body)


def _sent(document: JsonObject) -> tuple[JsonObject, object]:
    """Return the resource that is to be validated, and the mode that Parameters say beside it."""
    if document.get("resourceType") != "Parameters":
        return document, None
    parameters = document.get("parameter")
    if not isinstance(parameters, list) or not all(isinstance(each, dict) for each in parameters):
        raise not_parameters()
    by_name = {str(each.get("name")): each for each in parameters}
    if not by_name.keys() <= _KNOWN or not isinstance(by_name.get("resource", {}).get("resource"), dict):
        diagnostics = "The operation reads the parameters resource and mode (create or update)."
        raise Incorrect([Issue(code="not-supported", error="parameter-unknown", diagnostics=diagnostics)])
    mode = by_name.get("mode", {}).get("valueCode")
    _check_mode(mode)
    return by_name["resource"]["resource"], mode


def _check_mode(mode: object) -> None:
    if mode is not None and not (isinstance(mode, str) and mode in _MODES):
        diagnostics = "The operation answers the modes create and update; profiles are not validated."
        raise Incorrect([Issue(code="not-supported", error="parameter-invalid", diagnostics=diagnostics)])


def _mismatch(type: str, element: str) -> Issue:
    return Issue(
        code="invalid",
        error=f"{'type' if element == 'resourceType' else 'id'}-mismatch",
        diagnostics="The resource does not say what the address says.",
        expression=f"{type}.{element}",
    )
