"""Composites: the condition that all components asked for hold of one and the same row.

The second component of a row is a token (`system2`, `code2`), a quantity (with `low2`, `high2`, its unit in `text2`), a date or
number (`low2`, `high2`), a folded string (`text2`), or a reference (`system2` the number of its target type's name, interned as
systems are, and `code2` its id). The third is a number.
"""

from collections.abc import Sequence

from lhcr.fhir.search.query import (
    CompositeValue,
    DateValue,
    NumberValue,
    QuantityValue,
    ReferenceValue,
    SimpleValue,
    StringValue,
    TokenValue,
)
from lhcr.store.search.bounded import bounded
from lhcr.store.search.compilation import NEVER, Compilation, every, some
from lhcr.store.search.intervals import compare
from lhcr.store.search.quantities import unit_condition
from lhcr.store.search.strings import begins_with
from lhcr.store.search.tokens import matches_token


def matches_composite(c: Compilation, alias: str, values: Sequence[CompositeValue]) -> str:
    return some([condition for value in values if (condition := _matches(c, alias, value)) != NEVER])


def _matches(c: Compilation, alias: str, value: CompositeValue) -> str:
    before = len(c.arguments.values)
    parts = [_component(c, alias, place, part) for place, part in enumerate(value.components, start=1)]
    if NEVER in parts:
        # PostgreSQL refuses an argument that the text does not use.
        del c.arguments.values[before:]
        return NEVER
    return f"({every(parts)})"


def _component(c: Compilation, alias: str, place: int, value: SimpleValue) -> str:
    match value:
        case TokenValue():
            return matches_token(c, alias, [value], suffix=str(place))
        case StringValue():
            return begins_with(c, f"{alias}.text{place}", value.folded)
        case ReferenceValue():
            return _names(c, alias, place, value)
        case DateValue() | NumberValue():
            return compare(c.arguments, value, low=f"{alias}.low{place}", high=f"{alias}.high{place}")
        case QuantityValue():
            return _measures(c, alias, place, value)
        case _:
            return NEVER


def _names(c: Compilation, alias: str, place: int, value: ReferenceValue) -> str:
    named = f"{alias}.code{place} = {c.arguments.add(bounded(value.id), 'text')}"
    if not value.types:
        return named
    types = [c.bindings.systems[name] for name in value.types if name in c.bindings.systems]
    return f"({named} AND {alias}.system{place} = ANY ({c.arguments.add(types, 'integer[]')}))"


def _measures(c: Compilation, alias: str, place: int, value: QuantityValue) -> str:
    unit = unit_condition(
        c, value, system=f"{alias}.system{place}", code=f"{alias}.code{place}", unit=f"{alias}.text{place}"
    )
    if unit == NEVER:
        return NEVER
    interval = compare(c.arguments, value, low=f"{alias}.low{place}", high=f"{alias}.high{place}")
    return f"({interval} AND {unit})" if unit else interval
