"""A leaf: what one search parameter takes from a node, and the code that turns the node into its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from lhcr.fhir.search import dates, tokens
from lhcr.fhir.search.conversions import CONVERSIONS, NO_VALUE
from lhcr.fhir.search.fhirpath import FhirPathError
from lhcr.fhir.search.parameter import Kind
from lhcr.fhir.search.source import Source

# The columns of a row after the parameter's id.
COLUMNS = {
    Kind.TOKEN: ("system", "code"),
    Kind.DATE: ("low", "high"),
    Kind.STRING: ("text",),
    Kind.NUMBER: ("low", "high"),
    Kind.QUANTITY: ("low", "high", "system", "code", "unit"),
    Kind.URI: ("uri",),
    Kind.POSITION: ("latitude", "longitude"),
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """`param` None: the clinical date. `resolves`: only references to that type. `home`: not to the resource's own person."""

    param: int | None
    kind: Kind
    type: str
    resolves: str | None
    home: bool


def is_valued(kind: Kind, node_type: str) -> bool:
    """Say whether nodes of a type hold values of a kind; FhirPathError for a pair that nobody has thought about."""
    if (kind, node_type) in CONVERSIONS:
        return True
    if (kind, node_type) in NO_VALUE:
        return False
    raise FhirPathError(f"no conversion of {node_type} to {kind.value}")


def write_leaves(
    source: Source,
    variable: str,
    leaves: list[Leaf],
    *,
    convert: Callable[[tuple[Kind, str]], str],
    patient: int,
    type_id: Callable[[str], int],
) -> None:
    """Write the conversion of a node once for each kind and type, and a row for each parameter."""
    ordered = sorted(leaves, key=lambda leaf: (leaf.kind.value, leaf.type))
    for (kind, node_type), group in groupby(ordered, key=lambda leaf: (leaf.kind, leaf.type)):
        call = f"{convert((kind, node_type))}({variable})"
        if kind is Kind.REFERENCE:
            _write_references(source, variable, list(group), call=call, patient=patient, type_id=type_id)
        else:
            _write_rows(source, variable, list(group), kind, call)


def _write_rows(source: Source, variable: str, leaves: list[Leaf], kind: Kind, call: str) -> None:
    """Write rows. A node is never None where it is written; codes and times, which most nodes are, need no call of their own."""
    names = [source.name("c") for _ in COLUMNS[kind]]
    conversion = CONVERSIONS[kind, leaves[0].type]
    if conversion is tokens.code:
        _write_row(source, leaves, kind, ["''", variable])
    elif conversion is dates.primitive:
        source.line(f"{', '.join(names)} = interval({variable})")
        _write_row(source, leaves, kind, names)
    else:
        with source.block(f"for {', '.join(names)} in {call}"):
            _write_row(source, leaves, kind, names)


def _write_row(source: Source, leaves: list[Leaf], kind: Kind, columns: list[str]) -> None:
    for leaf in leaves:
        if leaf.param is None:
            source.line(f"clinical.append(({', '.join(columns)}))")
        else:
            source.line(f"{kind.value}.append(({', '.join((str(leaf.param), *columns))}))")


def _write_references(
    source: Source,
    variable: str,
    leaves: list[Leaf],
    *,
    call: str,
    patient: int,
    type_id: Callable[[str], int],
) -> None:
    found, target, logical, version = (source.name("c") for _ in range(4))
    source.line(f"{found} = {call}")
    with source.block(f"if {found} is not None"):
        source.line(f"{target}, {logical}, {version} = {found}")
        for leaf in leaves:
            row = f"reference.append(({leaf.param}, {target}, {logical}, {version}))"
            conditions = _conditions(leaf, target, logical, patient, type_id)
            if conditions:
                with source.block(f"if {' and '.join(conditions)}"):
                    source.line(row)
            else:
                source.line(row)
    if leaves[0].type == "Reference":
        _write_identifiers(source, variable, leaves, found=found, type_id=type_id)


def _conditions(leaf: Leaf, target: str, logical: str, patient: int, type_id: Callable[[str], int]) -> list[str]:
    """A colon is only in an address: an id has none. References to the person in this store make no row (`home`)."""
    conditions = []
    if leaf.resolves is not None:
        conditions.append(f"{target} == {type_id(leaf.resolves)}")
    if leaf.home:
        conditions.append(f"({target} != {patient} or ':' in {logical})")
    return conditions


def _write_identifiers(
    source: Source, variable: str, leaves: list[Leaf], *, found: str, type_id: Callable[[str], int]
) -> None:
    """A logical reference has no literal to tell its type: its `type` does, and where that is absent too it may be any."""
    system, value = source.name("c"), source.name("c")
    with (
        source.block(f"if 'identifier' in {variable}"),
        source.block(f"for {system}, {value} in identifier_of({variable}['identifier'])"),
    ):
        for leaf in leaves:
            row = f"identifier.append(({leaf.param}, {system}, {value}))"
            if leaf.resolves is None:
                source.line(row)
                continue
            told = f"{variable}.get('type', {leaf.resolves!r}) == {leaf.resolves!r}"
            with source.block(f"if ({found}[0] == {type_id(leaf.resolves)} if {found} else {told})"):
                source.line(row)
