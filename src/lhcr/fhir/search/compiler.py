"""The compiler from a type's search parameters to one Python function that extracts all their rows.

All paths of a type make one tree, so that `Observation.code` is walked once for the five parameters that ask for it. The source
that is written holds parameter ids, keys and addresses of this package's own data as literals, nothing of any resource.
"""

from collections.abc import Callable, Iterable
from typing import Any

from lhcr.fhir.search import dates, references, tokens
from lhcr.fhir.search.catalogue import parameters_of, type_id
from lhcr.fhir.search.clinical_dates import clinical_date_paths
from lhcr.fhir.search.composite import Composite, CompositeWriter
from lhcr.fhir.search.conversions import CONVERSIONS
from lhcr.fhir.search.elements import element
from lhcr.fhir.search.fhirpath import ExistsAndNotFalse, FhirPathError, parse
from lhcr.fhir.search.leaf import Leaf, is_valued, write_leaves
from lhcr.fhir.search.parameter import Kind, SearchParameter
from lhcr.fhir.search.path_tree import PathTree
from lhcr.fhir.search.rows import CompositeRow, SearchValues, extend_bounded
from lhcr.fhir.search.source import Source
from lhcr.fhir.search.typed_path import Key, TypedPath, typed_paths

# The store answers these from the resource's own columns.
WITHOUT_ROWS = frozenset({"_id", "_lastUpdated", "_source"})
ROW_LISTS = (
    "token", "reference", "identifier", "date", "string", "number", "quantity", "uri", "composite", "position",
)  # fmt: skip


def compile_type(resource_type: str) -> Callable[[dict[str, Any]], SearchValues]:
    """Compile the function that extracts a type's rows; FhirPathError where an expression is not understood."""
    source = extraction_source(resource_type)
    names: dict[str, Any] = {_function_name(key): convert for key, convert in CONVERSIONS.items()}
    names |= {"SearchValues": SearchValues, "CompositeRow": CompositeRow, "identifier_of": tokens.identifier}
    names |= {"named_reference": references.named, "extend_bounded": extend_bounded, "interval": dates.interval}
    # The source is written by this module from this package's data; no request or resource reaches it.
    exec(compile(source, f"<search values of {resource_type}>", "exec"), names)  # noqa: S102
    compiled: Callable[[dict[str, Any]], SearchValues] = names["extract"]
    return compiled


def extraction_source(resource_type: str) -> str:
    """Write the source of a type's function."""
    source = Source()
    with source.block("def extract(r)"):
        for name in (*ROW_LISTS, "clinical"):
            source.line(f"{name} = []")
        source.line("stands_in = False")
        source.line("whole = {}")
        _write_parameters(source, resource_type)
        _write_later_dates(source, resource_type)
        _write_result(source)
    return source.text()


def _write_parameters(source: Source, resource_type: str) -> None:
    tree: PathTree[Leaf | Composite] = PathTree()
    for found in parameters_of(resource_type).values():
        if found.rows == (found.id,) and found.code not in WITHOUT_ROWS:
            _add_parameter(tree, source, found)
    for path in clinical_date_paths(resource_type)[:1]:
        _add_clinical(tree, resource_type, path)
    tree.write(source, "r", lambda variable, actions: _write_actions(source, variable, actions))


def _add_parameter(tree: PathTree[Leaf | Composite], source: Source, found: SearchParameter) -> None:
    expression = parse(found.expression)
    if isinstance(expression, ExistsAndNotFalse):
        _write_truth(source, found, expression)
        return
    for path in resolved(expression.paths, found.type):
        if found.kind is Kind.COMPOSITE:
            tree.add(path.segments, Composite(found, path.type))
        elif is_valued(found.kind, path.type):
            # Bundle's composition and message are the same inlined resource: the parameter's target tells them apart.
            resolves = found.targets[0] if path.type == "Resource" else path.resolves
            tree.add(path.segments, Leaf(found.id, found.kind, path.type, resolves, found.home))


def resolved(paths: Iterable[Any], resource_type: str) -> list[TypedPath]:
    """Resolve paths from the resource, each once."""
    found = (
        each
        for path in paths
        for each in typed_paths(path, context=resource_type, resource=resource_type, lookup=element)
    )
    return list(dict.fromkeys(found))


def _write_truth(source: Source, found: SearchParameter, expression: ExistsAndNotFalse) -> None:
    """`X.exists() and X != false` is always one Boolean: false where X is absent, so that the living can be asked for."""
    paths = resolved([expression.path], found.type)
    conditions = []
    for path in paths:
        if len(path.segments) != 1 or not isinstance(path.segments[0], Key) or path.segments[0].many:
            raise FhirPathError("a Boolean expression is only understood of one single-valued element")
        conditions.append(f"r.get({path.segments[0].key!r}) not in (None, False)")
    source.line(f"token.append(({found.id}, '', 'true' if {' or '.join(conditions)} else 'false'))")


def _add_clinical(tree: PathTree[Leaf | Composite], resource_type: str, path: str) -> None:
    expression = parse(path)
    if isinstance(expression, ExistsAndNotFalse):
        raise FhirPathError("a clinical date is a path")
    for each in resolved(expression.paths, resource_type):
        if is_valued(Kind.DATE, each.type):
            tree.add(each.segments, Leaf(None, Kind.DATE, each.type, None, home=False))


def _write_later_dates(source: Source, resource_type: str) -> None:
    for path in clinical_date_paths(resource_type)[1:]:
        tree: PathTree[Leaf | Composite] = PathTree()
        _add_clinical(tree, resource_type, path)
        with source.block("if not clinical"):
            source.line("stands_in = True")
            tree.write(source, "r", lambda variable, actions: _write_actions(source, variable, actions))


def _write_actions(source: Source, variable: str, actions: list[Leaf | Composite]) -> None:
    leaves = [action for action in actions if isinstance(action, Leaf)]
    composites = [action for action in actions if isinstance(action, Composite)]
    write_leaves(source, variable, leaves, convert=_function_name, patient=type_id("Patient"), type_id=type_id)
    if composites:
        CompositeWriter(source, variable, _function_name).write(composites)


def _function_name(key: tuple[Kind, str]) -> str:
    return f"{key[0].value}_{key[1].replace('.', '_')}"


def _write_result(source: Source) -> None:
    for name in ROW_LISTS:
        with source.block(f"if len({name}) > 1"):
            source.line(f"{name} = list(dict.fromkeys({name}))")
    interval = "(min(x[0] for x in clinical), max(x[1] for x in clinical))"
    source.line(f"span = (clinical[0] if len(clinical) == 1 else {interval}) if clinical else None")
    source.line(f"return SearchValues({', '.join(ROW_LISTS)}, span, stands_in and span is not None)")
