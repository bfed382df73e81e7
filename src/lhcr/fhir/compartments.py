"""Compartments: which resources belong to a Patient, Encounter, Practitioner, RelatedPerson or Device (FHIR R4 CompartmentDefinition)."""

import json
from functools import cache
from importlib.resources import files

ITSELF = "{def}"
"""Stands for the resource's own id: a Patient belongs to its own compartment, which R4's definitions leave unsaid for some."""


@cache
def _members() -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = json.loads((files("lhcr.fhir.search") / "compartments.json").read_bytes())
    return loaded


def compartments() -> tuple[str, ...]:
    """Name the five types that have a compartment."""
    return tuple(_members())


@cache
def compartment_types(compartment: str) -> tuple[str, ...]:
    """Name the resource types that may belong to a compartment; KeyError where there is no such compartment."""
    return tuple(dict.fromkeys((compartment, *_members()[compartment])))


@cache
def compartment_parameters(compartment: str, resource_type: str) -> tuple[str, ...]:
    """Give the codes of the reference parameters by which a type belongs to a compartment.

    Any one of them is enough. Empty where the type never belongs; `ITSELF` first where the resource is the compartment's own.
    KeyError where there is no such compartment.
    """
    own = (ITSELF,) if resource_type == compartment else ()
    return tuple(dict.fromkeys((*own, *_members()[compartment].get(resource_type, ()))))
