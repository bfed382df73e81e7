"""A composite parameter: the code that pairs the values of its components node by node."""

from collections.abc import Callable
from dataclasses import dataclass

from lhcr.fhir.search.elements import element
from lhcr.fhir.search.fhirpath import ExistsAndNotFalse, FhirPathError, parse
from lhcr.fhir.search.leaf import is_valued
from lhcr.fhir.search.parameter import Component, Kind, SearchParameter
from lhcr.fhir.search.path_tree import PathTree
from lhcr.fhir.search.rows import CompositeRow
from lhcr.fhir.search.source import Source
from lhcr.fhir.search.typed_path import TypedPath, typed_paths

# Which columns of a row a component of each kind fills, by its place.
PLACES: tuple[dict[Kind, tuple[str, ...]], ...] = (
    {Kind.TOKEN: ("system1", "code1")},
    {
        Kind.TOKEN: ("system2", "code2"),
        Kind.QUANTITY: ("low2", "high2", "system2", "code2", "text2"),
        Kind.DATE: ("low2", "high2"),
        Kind.NUMBER: ("low2", "high2"),
        Kind.STRING: ("text2",),
        Kind.REFERENCE: ("system2", "code2", "text2"),
    },
    {Kind.NUMBER: ("low3", "high3")},
)


@dataclass(frozen=True, slots=True)
class Composite:
    """A composite parameter at nodes of `type`."""

    parameter: SearchParameter
    type: str


class CompositeWriter:
    """Writes the composites of one node: each distinct component is evaluated once, the first ones only where a later one is."""

    def __init__(self, source: Source, variable: str, convert: Callable[[tuple[Kind, str]], str]) -> None:
        self._source = source
        self._variable = variable
        self._convert = convert
        self._lists: dict[tuple[Kind, str], str] = {}

    def write(self, composites: list[Composite]) -> None:
        for composite in composites:
            for component in composite.parameter.components[1:]:
                self._collect(component, composite)
        with self._source.block(f"if {' or '.join(self._lists.values())}"):
            for composite in composites:
                self._collect(composite.parameter.components[0], composite)
            for composite in composites:
                self._write_rows(composite.parameter)

    def _collect(self, component: Component, composite: Composite) -> None:
        """Write the list of a component's values, unless it is there already."""
        key = (component.kind, component.expression)
        if key in self._lists:
            return
        values = self._lists[key] = self._source.name("k")
        if not all(path.from_resource for path in _paths(component, composite)):
            self._source.line(f"{values} = []")
            self._write_values(values, component, composite)
            return
        # What the whole resource says is read once, however many nodes it stands beside.
        self._source.line(f"{values} = whole.get({component.expression!r})")
        with self._source.block(f"if {values} is None"):
            self._source.line(f"{values} = whole[{component.expression!r}] = []")
            self._write_values(values, component, composite)

    def _write_values(self, values: str, component: Component, composite: Composite) -> None:
        for start, tree in _trees(component, composite, self._variable):

            def act(variable: str, types: list[str]) -> None:
                for node_type in types:
                    self._source.line(f"{values}.extend({self._converted(component.kind, node_type)}({variable}))")

            tree.write(self._source, start, act)

    def _converted(self, kind: Kind, node_type: str) -> str:
        return "named_reference" if kind is Kind.REFERENCE else self._convert((kind, node_type))

    def _write_rows(self, parameter: SearchParameter) -> None:
        loops, columns = [], {"param": str(parameter.id)}
        for component, place in zip(parameter.components, PLACES, strict=False):
            names = [self._source.name("c") for _ in place[component.kind]]
            loops.append(f"for {', '.join(names)} in {self._lists[component.kind, component.expression]}")
            columns |= zip(place[component.kind], names, strict=True)
        row = f"CompositeRow({', '.join(columns.get(name, 'None') for name in CompositeRow._fields)})"
        # Where one has no value there is no pair, and no reason to walk through the others.
        lists = [self._lists[component.kind, component.expression] for component in parameter.components]
        with self._source.block(f"if {' and '.join(lists)}"):
            self._source.line(f"extend_bounded(composite, ({row} {' '.join(loops)}))")


def _trees(component: Component, composite: Composite, variable: str) -> list[tuple[str, PathTree[str]]]:
    """Give the component's paths from the node and from the whole resource, each with the variable to start at."""
    here, whole = PathTree[str](), PathTree[str]()
    for path in _paths(component, composite):
        if is_valued(component.kind, path.type):
            (whole if path.from_resource else here).add(path.segments, path.type)
    return [(variable, here), ("r", whole)]


def _paths(component: Component, composite: Composite) -> list[TypedPath]:
    expression = parse(component.expression)
    if isinstance(expression, ExistsAndNotFalse):
        raise FhirPathError("a component is a path")
    resource = composite.parameter.type
    return [
        found
        for path in expression.paths
        for found in typed_paths(path, context=composite.type, resource=resource, lookup=element)
    ]
