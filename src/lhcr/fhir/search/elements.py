"""The elements of FHIR R4 that search expressions walk through: which keys a name leads to, and whether it repeats."""

import json
from functools import cache
from importlib.resources import files

from lhcr.fhir.search.fhirpath import FhirPathError
from lhcr.fhir.search.typed_path import Element

_REPEATS = "*"


@cache
def _elements() -> dict[str, dict[str, str | dict[str, str]]]:
    loaded: dict[str, dict[str, str | dict[str, str]]] = json.loads(
        (files("lhcr.fhir.search") / "elements.json").read_bytes()
    )
    return loaded


def element(holder: str, name: str) -> Element:
    """Look up an element by the type that holds it (`Observation.component`) and its name without `[x]`."""
    found = _elements().get(holder, {}).get(name)
    if found is None:
        raise FhirPathError(f"{holder} has no known element {name}")
    if isinstance(found, dict):
        return Element(found, many=False)
    return Element({name: found.removesuffix(_REPEATS)}, many=found.endswith(_REPEATS))
