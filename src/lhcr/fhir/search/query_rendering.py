"""The rendering of a query back to name-value pairs, as a `self` link tells what was searched for."""

from collections.abc import Iterator
from typing import assert_never

from lhcr.fhir.search.escapes import escape
from lhcr.fhir.search.identifiers import asks_for_identifiers, without_numbers
from lhcr.fhir.search.query import (
    Chain,
    CompositeValue,
    Criterion,
    DateValue,
    Has,
    Include,
    MissingValue,
    Modifier,
    Node,
    NumberValue,
    PositionValue,
    Prefix,
    QuantityValue,
    ReferenceValue,
    SearchQuery,
    SortKey,
    StringValue,
    TokenValue,
    UriValue,
    Value,
)


def render(query: SearchQuery, *, typed: bool) -> tuple[tuple[str, str], ...]:
    """Give the pairs that parse to an equal query; `typed`: the type stands in the address, so no `_type` is written."""
    return tuple(_pairs(query, typed=typed))


def _pairs(query: SearchQuery, *, typed: bool) -> Iterator[tuple[str, str]]:
    if query.types and not typed:
        yield "_type", ",".join(query.types)
    yield from (render_node(node) for node in query.criteria)
    if query.sort:
        yield "_sort", ",".join(_sort_key(key) for key in query.sort)
    if query.count is not None:
        yield "_count", str(query.count)
    if query.total is not None:
        yield "_total", query.total.value
    if query.summary is not None:
        yield "_summary", query.summary.value
    if query.elements:
        yield "_elements", ",".join(query.elements)
    yield from (_include("_include", include) for include in query.includes)
    yield from (_include("_revinclude", include) for include in query.reverse_includes)
    yield from query.paging


def _sort_key(key: SortKey) -> str:
    return f"{'-' * key.descending}{key.parameters[0].code}"


def _include(name: str, include: Include) -> tuple[str, str]:
    return f"{name}:iterate" if include.iterate else name, include.literal


def render_node(node: Node) -> tuple[str, str]:
    """Give the name and value of one criterion; the branches of an ambiguous chain are written alike, so the first tells."""
    if isinstance(node, Criterion):
        modifier = f":{node.modifier.value}" if node.modifier is not None else ""
        code = node.parameters[0].code
        values = without_numbers(node.values) if asks_for_identifiers(code, node.modifier) else node.values
        return f"{code}{modifier}", ",".join(_value(value, node) for value in values)
    if isinstance(node, Has):
        name, text = render_node(node.criterion)
        return f"_has:{node.parameter.type}:{node.parameter.code}:{name}", text
    return _chain(node)


def _chain(node: Chain) -> tuple[str, str]:
    name, text = render_node(node.hops[0].criterion)
    target = f":{node.hops[0].target}" if node.typed else ""
    return f"{node.parameters[0].code}{target}.{name}", text


def _value(value: Value, node: Criterion | None = None) -> str:
    match value:
        case TokenValue():
            return _token(value)
        case StringValue(text=text) | UriValue(uri=text):
            return escape(text)
        case DateValue() | NumberValue() | QuantityValue():
            return _compared(value)
        case ReferenceValue():
            return _reference(value)
        case CompositeValue(components=components):
            return "$".join(_value(component) for component in components)
        case PositionValue(literal=literal):
            return literal
        case MissingValue(missing=missing):
            assert node is None or node.modifier is Modifier.MISSING
            return "true" if missing else "false"
        case _:
            assert_never(value)


def _token(value: TokenValue) -> str:
    code = escape(value.code or "")
    return code if value.system is None else f"{escape(value.system)}|{code}"


def _compared(value: DateValue | NumberValue | QuantityValue) -> str:
    prefix = "" if value.prefix is Prefix.EQ else value.prefix.value
    if isinstance(value, QuantityValue) and (value.system is not None or value.code is not None):
        return f"{prefix}{value.literal}|{escape(value.system or '')}|{escape(value.code or '')}"
    return prefix + value.literal


def _reference(value: ReferenceValue) -> str:
    if value.absolute:
        version = "" if value.version is None else f"|{escape(value.version)}"
        return escape(value.id) + version
    version = "" if value.version is None else f"/_history/{escape(value.version)}"
    path = f"{value.types[0]}/{value.id}" if len(value.types) == 1 else value.id
    return escape(path) + version
