"""What the answer of a patch shows: the resource that it left is read by whoever is shown it, and that is decided about."""

from dataclasses import dataclass, replace

from lhcr.access.decision import AccessDecision
from lhcr.access.refusal import Refused
from lhcr.access.request import Interaction
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.headers import preferred_return
from lhcr.fhir_api.services import Services
from lhcr.record.narrowed import within_category
from lhcr.record.places import served
from lhcr.record.quoting import is_quoting
from lhcr.record.stored import Stored
from lhcr.record.written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """A change as it is answered: its call, and of a patch the decision on reading what it left, None of anything else."""

    call: Call
    read: AccessDecision | None = None

    def of(self, written: Written) -> Written:
        """Return what was written as its writer would read it.

        Hazards: the place of a restricted person exposed, words about a hidden entry, and what is of another category than the scopes
        name: a patch that changes nothing would show them. Whoever may see the hidden entry is told its words by a read, not here.
        """
        if self.read is None or written.body is None:
            return written
        draft = written.draft
        stored = Stored(
            type=draft.type,
            id=draft.id or "",
            version=written.version,
            last_updated=written.at,
            method=draft.method.value,
            body=written.body,
        )
        quotes = is_quoting(written.body) and not self.read.visibility.whole
        seen = None if quotes else served(self.read, within_category(self.read, stored))
        return replace(written, body=None if seen is None else seen.body)


async def shown_change(services: Services, call: Call, decision: AccessDecision, *, usual: str) -> ShownChange:
    """Return how a change is answered: with a minimal answer to a patch of what its sender may not read.

    Hazard: sensitive item exposed. A patch sends little and is shown everything, so that whoever may change and not read would
    read by changing nothing. What Prefer asks for is a wish (RFC 7240 2): the patch itself stands.
    """
    request = decision.request
    if request.interaction is not Interaction.PATCH or preferred_return(call.headers, usual=usual) != "representation":
        return ShownChange(call=call)
    try:
        read = await services.gate.decide(call.principal, replace(request, interaction=Interaction.READ))
    except Refused:
        return ShownChange(call=replace(call, headers={**call.headers, "prefer": "return=minimal"}))
    return ShownChange(call=call, read=read)
