"""The person whom a search names, so that the gate can decide about them before anything is searched."""

from lhcr.access.request import UNKNOWN, AskedPerson
from lhcr.fhir.search.query import Criterion, Node, ReferenceValue, SearchQuery, TokenValue
from lhcr.fhir_api.services import Services

_PATIENT = "Patient"


async def named_person(services: Services, *, type: str, id: str) -> AskedPerson:
    """Return the person of a Patient's id, UNKNOWN where it is nobody's."""
    person_id = await services.record.whose(type=type, id=id)
    return UNKNOWN if person_id is None else person_id


async def person_of_query(services: Services, query: SearchQuery) -> AskedPerson:
    """Return the one person whom a criterion names, None where none does.

    Hazard: wrong person. Two criteria that name different persons narrow each other to nothing in the search itself, so the first
    one decides; a criterion with several values names nobody.
    """
    for node in query.criteria:
        if (patient_id := _patient_id(node)) is not None:
            return await named_person(services, type=_PATIENT, id=patient_id)
    for node in query.criteria:
        if (named := _resource_id(query, node)) is not None:
            return await services.record.whose(type=named[0], id=named[1])
    return None


def _patient_id(node: Node) -> str | None:
    """Return the id of the Patient in `patient=`, `subject=` or, of Patients, `_id=`."""
    if not isinstance(node, Criterion) or node.modifier is not None or len(node.values) != 1:
        return None
    value, first = node.values[0], node.parameters[0]
    if isinstance(value, TokenValue):
        return value.code if first.code == "_id" and {each.type for each in node.parameters} == {_PATIENT} else None
    if not isinstance(value, ReferenceValue) or value.absolute or _PATIENT not in value.types:
        return None
    return value.id if all(each.home for each in node.parameters) else None


def _resource_id(query: SearchQuery, node: Node) -> tuple[str, str] | None:
    """Return the type and id of `_id=` in a search of one type."""
    if not isinstance(node, Criterion) or node.modifier is not None or len(node.values) != 1 or len(query.types) != 1:
        return None
    value = node.values[0]
    if node.parameters[0].code != "_id" or not isinstance(value, TokenValue) or value.code is None:
        return None
    return query.types[0], value.code
