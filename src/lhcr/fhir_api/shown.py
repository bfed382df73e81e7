"""What the answer of a patch shows: the resource that it left is read by whoever is shown it, and that is decided about."""

from dataclasses import replace

from lhcr.access.decision import AccessDecision
from lhcr.access.refusal import Refused
from lhcr.access.request import Interaction
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.headers import preferred_return
from lhcr.fhir_api.services import Services


async def call_of_change(services: Services, call: Call, decision: AccessDecision, *, usual: str) -> Call:
    """Return the call as it is answered: with a minimal answer to a patch of what its sender may not read.

    Hazard: sensitive item exposed. A patch sends little and is shown everything, so that whoever may change and not read would
    read by changing nothing. What Prefer asks for is a wish (RFC 7240 2): the patch itself stands.
    """
    request = decision.request
    if request.interaction is not Interaction.PATCH or preferred_return(call.headers, usual=usual) != "representation":
        return call
    try:
        await services.gate.decide(call.principal, replace(request, interaction=Interaction.READ))
    except Refused:
        return replace(call, headers={**call.headers, "prefer": "return=minimal"})
    return call
