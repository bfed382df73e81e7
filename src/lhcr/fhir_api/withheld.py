"""What a role or a token's scopes do not show, told with an answer that holds the rest: one of the five kinds of nothing.

Hazard: "none" inferred from what was not looked at.
"""

from collections.abc import Sequence

from lhcr.access.scoped_query import included_beyond
from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import operation_outcome
from lhcr.fhir.search.query import SearchQuery
from lhcr.fhir_api.bundle import OUTCOME
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.services import Services
from lhcr.kernel.errors import Issue


def withheld_entries(services: Services, call: Call, types: Sequence[str]) -> list[bytes]:
    """Return the entry of a Bundle that says which entries of some types, of all where none is named, were left out.

    It follows from asker, policy and sharing agreements alone: it is there whether or not the record holds any.
    """
    withheld = services.gate.withheld(call.principal, types)
    issues = [_left_out(withheld)] if withheld else []
    issues += [_not_shared(source, kinds) for source, kinds in services.gate.unshared(call.principal, types)]
    if not issues:
        return []
    return [b'{"resource":' + write_json(operation_outcome(issues)) + OUTCOME]


def beyond_scopes(call: Call, query: SearchQuery) -> list[bytes]:
    """Return the entry of a Bundle that says which types were to be included and are not, because no scope names them."""
    beyond = included_beyond(query, call.principal)
    if not beyond:
        return []
    return [b'{"resource":' + write_json(operation_outcome([_not_included(beyond)])) + OUTCOME]


def _not_included(types: Sequence[str]) -> Issue:
    diagnostics = (
        f"The token's scopes do not name these types: {', '.join(types)}. "
        "They were not included, so this answer does not say whether there are any."
    )
    return Issue(code="suppressed", error="scope-narrowed", diagnostics=diagnostics, severity="warning")


def _not_shared(source: str, kinds: Sequence[str]) -> Issue:
    who = f"The organisation {source}" if source else "Any organisation that has no sharing agreement with yours"
    what = f"entries of these types: {', '.join(kinds)}" if kinds else "any entries"
    diagnostics = (
        f"{who} does not share {what} with your organisation. "
        "They were not looked at, so this answer does not say whether any are recorded."
    )
    return Issue(code="suppressed", error="not-shared", diagnostics=diagnostics, severity="warning")


def _left_out(withheld: Sequence[str]) -> Issue:
    diagnostics = (
        f"Your role does not let you see entries of these types: {', '.join(withheld)}. "
        "They were not looked at, so this answer does not say whether any are recorded."
    )
    return Issue(code="suppressed", error="role-narrowed", diagnostics=diagnostics, severity="warning")
