"""A search in a compartment: what belongs to one Encounter, Practitioner, RelatedPerson, Device or Patient."""

from lhcr.fhir.compartments import ITSELF, compartment_parameters, compartment_types
from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import Criterion, ReferenceValue, SearchQuery
from lhcr.kernel.errors import Incorrect, Issue


def refuse_foreign_types(compartment: str, query: SearchQuery) -> None:
    """Raise Incorrect (400) where a searched type never belongs to the compartment: an empty answer would mislead."""
    if not set(query.types) <= set(compartment_types(compartment)):
        diagnostics = f"FHIR R4 puts no such resource into the compartment of a {compartment}."
        raise Incorrect([Issue(code="not-supported", error="compartment-type", diagnostics=diagnostics)])


def compartment_criterion(compartment: str, id: str, query: SearchQuery) -> Criterion:
    """Return the criterion that a resource belongs: any one of its type's parameters refers to the compartment's resource."""
    types = query.types or compartment_types(compartment)
    parameters = tuple(parameter for name in types for parameter in _parameters(compartment, name))
    return Criterion(parameters=parameters, values=(ReferenceValue(types=(compartment,), id=id),))


def _parameters(compartment: str, type: str) -> list[SearchParameter]:
    known = parameters_of(type)
    codes = (code for code in compartment_parameters(compartment, type) if code != ITSELF)
    return [known[code] for code in codes if code in known]
