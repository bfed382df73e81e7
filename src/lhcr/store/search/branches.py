"""Branches: the parts of a search that read different tables, joined by UNION ALL where a query asks for several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import Chain, Criterion, Has, Node, SearchQuery, SortKey
from lhcr.store.search.compilation import Compilation, Place, Row, every
from lhcr.store.search.homes import place_of
from lhcr.store.search.order import patient_type


@dataclass(frozen=True, slots=True)
class Branch:
    """The searched types of one place; `types` None means every type of the place."""

    place: Place
    types: tuple[str, ...] | None


def branches(query: SearchQuery, *, directory: bool) -> list[Branch]:
    """Split a query by place. `directory` says whether rows of the directory can be among the results at all."""
    if not query.types:
        found = [Branch(place, None) for place in Place]
    else:
        by_place: dict[Place, list[str]] = {}
        for each in query.types:
            by_place.setdefault(place_of(each), []).append(each)
        found = [Branch(place, tuple(types)) for place, types in by_place.items()]
    return [branch for branch in found if directory or branch.place is not Place.DIRECTORY]


def narrowed(nodes: Sequence[Any], branch: Branch) -> tuple[Any, ...]:
    """Keep, in each criterion or sort key, the parameters of the branch's own types."""
    return tuple(_narrow(node, branch) for node in nodes)


def _narrow(node: Node | SortKey, branch: Branch) -> Node | SortKey:
    if isinstance(node, Has) or len(node.parameters) == 1:
        return node
    kept = tuple(each for each in node.parameters if _belongs(each, branch))
    match node:
        case Criterion():
            return Criterion(parameters=kept, values=node.values, modifier=node.modifier)
        case Chain():
            return node
        case SortKey():
            return SortKey(parameters=kept, descending=node.descending)


def _belongs(parameter: SearchParameter, branch: Branch) -> bool:
    if branch.types is not None:
        return parameter.type in branch.types
    return place_of(parameter.type) is branch.place


def of_types(c: Compilation, row: Row, branch: Branch) -> list[str]:
    """Keep the branch's types. Of a person's Patient contributions the first permitted one stands for the person."""
    if branch.place is Place.PATIENT:
        return [f"{row.alias}.type = {patient_type(c)}", _is_first(c, row)]
    if branch.types is None:
        return [] if branch.place is Place.DIRECTORY else [f"{row.alias}.type <> {patient_type(c)}"]
    if len(branch.types) == 1:
        return [f"{row.alias}.type = {c.arguments.add(type_id(branch.types[0]), 'smallint')}"]
    types = [type_id(each) for each in branch.types]
    return [f"{row.alias}.type = ANY ({c.arguments.add(types, 'smallint[]')})"]


def _is_first(c: Compilation, row: Row) -> str:
    alias = c.alias("e")
    conditions = [
        f"{alias}.person_id = {c.person(row)}",
        f"{alias}.type = {patient_type(c)}",
        f"{alias}.rid < {row.alias}.rid",
        *c.visible(alias, Place.PATIENT),
    ]
    return f"NOT EXISTS (SELECT FROM resource AS {alias} WHERE {every(conditions)})"
