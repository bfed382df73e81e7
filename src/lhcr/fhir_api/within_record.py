"""A search within one person's record: what its criteria ask of whom they name, whichever way an entry names that person."""

from dataclasses import replace
from typing import Final

from lhcr.access.decision import AccessDecision
from lhcr.access.patient_sight import names
from lhcr.access.scoped_query import asked_beyond
from lhcr.access.subject_parameter import means_record, names_subject
from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import operation_outcome
from lhcr.fhir.search.query import Chain, Criterion, Node, ReferenceValue, SearchQuery, TokenValue, Value
from lhcr.fhir_api.bundle import OUTCOME
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.named_person import person_of_node
from lhcr.fhir_api.services import Services
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Issue

_PATIENT: Final = "Patient"


_FILED_BY_FIRST: Final = Issue(
    code="informational",
    error="filed-by-first-person",
    diagnostics=(
        "An entry of these types may name several people and is filed with the one whom it names first. Entries that are filed "
        "with another person were not searched, so this answer does not say whether any of those name this person too."
    ),
    severity="information",
)


def filed_elsewhere(call: Call, query: SearchQuery) -> list[bytes]:
    """Return the entry of a Bundle that says what was not searched, where a person is named who may stand second in an entry.

    Hazard: partial shown as complete. It follows from the question alone, whether or not there is any such entry, so that nothing is
    learnt from it of whoever stands first.
    """
    if call.principal.kind is PrincipalKind.SYSTEM or not any(map(_may_name_second, query.criteria)):
        return []  # A system sees what its own organisation contributed, whoever stands first.
    return [b'{"resource":' + write_json(operation_outcome([_FILED_BY_FIRST])) + OUTCOME]


def _may_name_second(node: Node) -> bool:
    if not _has_rows(node):
        return False
    if isinstance(node, Chain):
        return any(hop.target == _PATIENT for hop in node.hops)
    values = node.values if isinstance(node, Criterion) else ()
    return any(isinstance(each, TokenValue) or _names_patient(each) for each in values)


def _names_patient(value: Value) -> bool:
    return isinstance(value, ReferenceValue) and value.types == (_PATIENT,)


async def within_record(services: Services, decision: AccessDecision, query: SearchQuery) -> SearchQuery:
    """Return a search as it is asked of the record of the person whom the decision is about, if it is about one.

    Hazard: "none" inferred from absence. Entries name the person by the id of whichever Patient their source knows, or by a number
    alone; each is found, whichever of the person's ids the search names. Where that is all that a criterion asks, it is the record
    itself that is asked for.
    """
    person = decision.request.person
    if not isinstance(person, int) or person <= 0 or not any(map(_has_rows, query.criteria)):
        return query
    if asked_beyond(query, decision.principal):
        return query  # What asks of a type that the scopes do not name is refused, and must not be left out before.
    criteria = [await _within(services, decision, query, node) for node in query.criteria]
    return replace(query, criteria=tuple(node for node in criteria if node is not None))


def _has_rows(node: Node) -> bool:
    """Whether a criterion may name a person under a parameter that finds rows."""
    if not isinstance(node, Criterion | Chain) or all(each.home for each in node.parameters):
        return False
    return all(names_subject(each) for each in node.parameters)


async def _within(services: Services, decision: AccessDecision, query: SearchQuery, node: Node) -> Node | None:
    if not isinstance(node, Criterion | Chain) or not _has_rows(node):
        return node
    about, person = await person_of_node(services, query, node), decision.request.person
    if not isinstance(person, int) or about.person != person:
        return node
    if about.by is not None and not names(decision.visibility, about.by):
        return node
    if all(means_record(each) for each in node.parameters):
        return None
    if isinstance(node, Criterion) and node.modifier is not None:
        return node  # It asks for the number that stands in the reference.
    ids = await services.record.patients_of(person)
    values = tuple(ReferenceValue(types=(_PATIENT,), id=each) for each in ids)
    return Criterion(parameters=node.parameters, values=values) if values else node
