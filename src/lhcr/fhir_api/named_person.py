"""The person whom a search names, so that the gate can decide about them before anything is searched."""

from lhcr.access.request import NOBODY, SOMEBODY_UNKNOWN, About
from lhcr.access.subject_parameter import names_subject
from lhcr.fhir.search.query import Chain, Criterion, Modifier, Node, ReferenceValue, SearchQuery, TokenValue
from lhcr.fhir_api.services import Services
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.systems import NHS_NUMBER

_PATIENT = "Patient"


async def named_person(services: Services, id: str) -> About:
    """Return the person of a Patient's id, UNKNOWN where it is nobody's; whether the asker may know that is for the gate to say."""
    name = await services.record.patient_name(id)
    return About(name.person, name)


async def person_of_query(services: Services, query: SearchQuery) -> About:
    """Return the one person whom a criterion names, nobody where none does. What names only an entry names nobody.

    Hazard: wrong person. Two criteria that name different persons narrow each other to nothing in the search itself, so the first
    one decides; a criterion with several values names nobody.
    """
    for read in (_by_id, _by_number):
        for node in query.criteria:
            if (about := await read(services, query, node)) != NOBODY:
                return about
    return NOBODY


async def person_of_node(services: Services, query: SearchQuery, node: Node) -> About:
    """Return the person whom one criterion names, nobody where it names none."""
    by_id = await _by_id(services, query, node)
    return await _by_number(services, query, node) if by_id == NOBODY else by_id


async def _by_id(services: Services, _query: SearchQuery, node: Node) -> About:
    patient_id = _patient_id(node)
    return NOBODY if patient_id is None else await named_person(services, patient_id)


async def _by_number(services: Services, query: SearchQuery, node: Node) -> About:
    number = _nhs_number(query, node)
    return NOBODY if number is None else await person_of_number(services, number)


def named_entry(query: SearchQuery) -> tuple[str, str] | None:
    """Return the type and id of the one resource that a search asks for by `_id`, None where it asks for none or several."""
    return next((named for node in query.criteria if (named := _resource_id(query, node)) is not None), None)


def _patient_id(node: Node) -> str | None:
    """Return the id of the Patient in `patient=`, `subject=`, `actor=Patient/` and the like or, of Patients, `_id=`.

    Where a parameter has rows, an id without a type may be that of an Appointment's practitioner as well, and names nobody.
    """
    if not isinstance(node, Criterion) or node.modifier is not None or len(node.values) != 1:
        return None
    value, first = node.values[0], node.parameters[0]
    if isinstance(value, TokenValue):
        return value.code if first.code == "_id" and {each.type for each in node.parameters} == {_PATIENT} else None
    if not isinstance(value, ReferenceValue) or value.absolute or _PATIENT not in value.types:
        return None
    if all(each.home for each in node.parameters):
        return value.id
    return value.id if value.types == (_PATIENT,) and _name_subject(node) else None


async def person_of_number(services: Services, text: str) -> About:
    """Return who holds a number, UNKNOWN also for one that is none: it is refused as a stranger's is."""
    try:
        person_id = await services.record.whose_number(NhsNumber.parse(text))
    except Incorrect:
        return SOMEBODY_UNKNOWN
    return SOMEBODY_UNKNOWN if person_id is None else About(person_id)


def _nhs_number(query: SearchQuery, node: Node) -> str | None:
    """Return the NHS number in `patient.identifier=`, `patient:identifier=` or, of Patients, `identifier=`."""
    if isinstance(node, Chain):
        if not _name_subject(node) or {hop.target for hop in node.hops} != {_PATIENT}:
            return None
        return _number_in(node.hops[0].criterion, code="identifier", modifier=None)
    if isinstance(node, Criterion) and _name_subject(node):
        return _number_in(node, code=node.parameters[0].code, modifier=Modifier.IDENTIFIER)
    return _number_in(node, code="identifier", modifier=None) if query.types == (_PATIENT,) else None


def _name_subject(node: Criterion | Chain) -> bool:
    return all(names_subject(each) for each in node.parameters)


def _number_in(node: Node, *, code: str, modifier: Modifier | None) -> str | None:
    if not isinstance(node, Criterion) or node.modifier is not modifier or len(node.values) != 1:
        return None
    value = node.values[0]
    if node.parameters[0].code != code or not isinstance(value, TokenValue) or value.system != NHS_NUMBER:
        return None
    return value.code


def _resource_id(query: SearchQuery, node: Node) -> tuple[str, str] | None:
    """Return the type and id of `_id=` in a search of one type."""
    if not isinstance(node, Criterion) or node.modifier is not None or len(node.values) != 1 or len(query.types) != 1:
        return None
    value = node.values[0]
    if node.parameters[0].code != "_id" or not isinstance(value, TokenValue) or value.code is None:
        return None
    return query.types[0], value.code
