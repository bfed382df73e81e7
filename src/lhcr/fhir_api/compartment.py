"""A search in a compartment: what belongs to one Encounter, Practitioner, RelatedPerson, Device or Patient."""

from typing import Final

from lhcr.fhir.compartments import ITSELF, compartment_parameters, compartment_types
from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import Criterion, ReferenceValue, SearchQuery, TokenValue
from lhcr.kernel.errors import Incorrect, Issue

#: What these name is one person's, so that a search in their compartment is about that person. The others' cross persons.
OF_ONE_PERSON: Final = frozenset({"Encounter", "RelatedPerson"})


def refuse_foreign_types(compartment: str, query: SearchQuery) -> None:
    """Raise Incorrect (400) where a searched type never belongs to the compartment: an empty answer would mislead."""
    if not set(query.types) <= set(compartment_types(compartment)):
        diagnostics = f"FHIR R4 puts no such resource into a compartment of {compartment}."
        raise Incorrect([Issue(code="not-supported", error="compartment-type", diagnostics=diagnostics)])


def compartment_criterion(compartment: str, id: str, query: SearchQuery) -> Criterion:
    """Return the criterion that a resource belongs: any one of its type's parameters refers to the compartment's resource.

    The resource itself belongs by its id, whose parameter stands last.
    """
    types = query.types or compartment_types(compartment)
    parameters = tuple(parameter for name in types for parameter in _parameters(compartment, name))
    if compartment not in types or ITSELF not in compartment_parameters(compartment, compartment):
        return Criterion(parameters=parameters, values=(ReferenceValue(types=(compartment,), id=id),))
    itself = parameters_of(compartment)["_id"]
    if not parameters:
        return Criterion(parameters=(itself,), values=(TokenValue(system=None, code=id),))
    return Criterion(parameters=(*parameters, itself), values=(ReferenceValue(types=(compartment,), id=id),))


def _parameters(compartment: str, type: str) -> list[SearchParameter]:
    known = parameters_of(type)
    codes = (code for code in compartment_parameters(compartment, type) if code != ITSELF)
    return [known[code] for code in codes if code in known]
