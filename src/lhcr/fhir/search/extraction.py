"""Extraction: the search rows of a resource, by a function that is compiled for its type at first use."""

from functools import cache

from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.search.compiler import compile_type
from lhcr.fhir.search.rows import SearchValues
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject

_compiled = cache(compile_type)


def extract(resource: JsonObject) -> SearchValues:
    """Extract a resource's search rows; it must be structurally valid R4 JSON (numbers may be int, float or Decimal).

    Raises Incorrect (422 `search-values`) where a value cannot be read all the same, such as a 30th of February: a resource
    that a date search silently missed would look complete without it. KeyError where there is no `resourceType`.
    """
    resource_type = resource["resourceType"]
    if resource_type not in type_ids():
        raise _unreadable("The resource type is not one of FHIR R4.")
    try:
        return _compiled(resource_type)(resource)
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
        raise _unreadable(f"A value of this {resource_type} cannot be read as its type says.") from error


def prepare(*resource_types: str) -> None:
    """Compile the functions of the given types (all where none is given) ahead of their first use."""
    for name in resource_types or type_ids():
        _compiled(name)


def _unreadable(diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="value", error="search-values", diagnostics=diagnostics)], status=422)
