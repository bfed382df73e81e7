"""The catalogue of FHIR R4's resource types and search parameters, each with an id that never changes."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from lhcr.fhir.search.parameter import Component, Kind, SearchParameter


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((files("lhcr.fhir.search") / "parameters.json").read_bytes())
    return loaded


@cache
def type_ids() -> Mapping[str, int]:
    """Give every resource type of R4 by name with its id, 1 to n."""
    return MappingProxyType(_data()["types"])


@cache
def type_names() -> Mapping[int, str]:
    """Give the name of every resource type by its id."""
    return MappingProxyType({number: name for name, number in type_ids().items()})


def type_id(name: str) -> int:
    """Give the id of a resource type; KeyError where R4 has no such type."""
    return type_ids()[name]


def type_name(number: int) -> str:
    """Give the resource type of an id; KeyError where there is none."""
    return type_names()[number]


@cache
def parameters_of(resource_type: str) -> Mapping[str, SearchParameter]:
    """Give a type's search parameters by code, the common ones (`_id`, `_tag`...) among them; KeyError on an unknown type."""
    if resource_type not in type_ids():
        raise KeyError(resource_type)
    rows = _data()[resource_type]
    return MappingProxyType({code: _parameter(resource_type, code, row) for code, row in rows.items()})


def parameter(resource_type: str, code: str) -> SearchParameter | None:
    """Find one parameter; None where the type is unknown or has no such code."""
    return parameters_of(resource_type).get(code) if resource_type in type_ids() else None


@cache
def parameters_by_id() -> Mapping[int, SearchParameter]:
    """Give every parameter of every type by its id."""
    return {found.id: found for name in type_ids() for found in parameters_of(name).values()}


@cache
def _referable() -> tuple[str, ...]:
    """Name the types that a reference to "any resource" may have; Parameters is only ever sent, not referred to."""
    return tuple(name for name in type_ids() if name != "Parameters")


def _parameter(resource_type: str, code: str, row: list[Any]) -> SearchParameter:
    if len(row) == 1:
        kind, path = _data()["common"][code]
        row = [*row, kind, f"{resource_type}.{path}"]
    number, kind, expression, targets, components = [*row, [], []][:5]
    return SearchParameter(
        id=number,
        type=resource_type,
        code=code,
        kind=Kind(kind),
        expression=expression,
        targets=_targets(kind, targets),
        components=tuple(_component(component) for component in components),
        implied_system=_data()["system"].get(resource_type, {}).get(code),
        home=code in _data()["home"].get(resource_type, ()),
        rows=_row_ids(resource_type, code, number),
        clinical_date=code in _data()["clinical"].get(resource_type, ()),
    )


def _row_ids(resource_type: str, code: str, number: int) -> tuple[int, ...]:
    others = _data()["union"].get(resource_type, {}).get(code)
    return (number,) if others is None else tuple(_data()[resource_type][other][0] for other in others)


def _component(row: list[Any]) -> Component:
    code, kind, expression, targets = [*row, []][:4]
    return Component(code=code, kind=Kind(kind), expression=expression, targets=_targets(kind, targets))


def _targets(kind: str, targets: list[str]) -> tuple[str, ...]:
    return () if Kind(kind) is not Kind.REFERENCE else tuple(targets) or _referable()
