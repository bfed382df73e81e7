"""Clinical dates: by which element each type is put in order of time in a person's record."""

import json
from functools import cache
from importlib.resources import files

from lhcr.fhir.search.catalogue import parameters_of


@cache
def _paths() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = json.loads((files("lhcr.fhir.search") / "clinical_dates.json").read_bytes())
    return loaded


@cache
def clinical_date_paths(resource_type: str) -> tuple[str, ...]:
    """Give the elements (FHIRPath, relative) in the order in which they are asked; empty where a type has no date of its own."""
    return tuple(_paths()[resource_type])


@cache
def clinical_date_codes(resource_type: str) -> tuple[str, ...]:
    """Give the search parameters that select exactly the first of the elements.

    They equal the clinical date of every resource that has that element; where a later one stands in for it
    (`SearchValues.clinical_stands_in`) they select nothing.
    """
    return tuple(code for code, found in parameters_of(resource_type).items() if found.clinical_date)
