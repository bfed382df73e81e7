"""Intervals: how a prefix compares the interval of a query with that of a row, both closed (FHIR R4 3.1.1.4.5 to 3.1.1.4.7)."""

from collections.abc import Sequence
from typing import Any

from lhcr.fhir.search.query import DateValue, NumberValue, Prefix, QuantityValue
from lhcr.store.search.arguments import Arguments
from lhcr.store.search.compilation import some

IntervalValue = DateValue | NumberValue | QuantityValue

# {low} and {high} are the row's ends, {l} and {h} the query's. `{low} <= {h}` in eq follows from the rest and bounds the index scan.
COMPARISONS = {
    Prefix.EQ: "({low} >= {l} AND {low} <= {h} AND {high} <= {h})",
    Prefix.NE: "NOT ({low} >= {l} AND {high} <= {h})",
    Prefix.GT: "{high} > {h}",
    Prefix.LT: "{low} < {l}",
    Prefix.GE: "({high} > {h} OR ({low} >= {l} AND {high} <= {h}))",
    Prefix.LE: "({low} <= {h} AND ({low} < {l} OR {high} <= {h}))",
    Prefix.SA: "{low} > {h}",
    Prefix.EB: "({low} < {l} AND {high} < {l})",
    Prefix.AP: "({low} <= {h} AND {high} >= {l})",
}

# What a prefix says about the row's low end alone.
BOUNDS = {
    Prefix.EQ: "({low} >= {l} AND {low} <= {h})",
    Prefix.LT: "{low} < {l}",
    Prefix.LE: "{low} <= {h}",
    Prefix.SA: "{low} > {h}",
    Prefix.EB: "{low} < {l}",
    Prefix.AP: "{low} <= {h}",
}


def compare(arguments: Arguments, value: IntervalValue, *, low: str, high: str) -> str:
    sql_type = "bigint" if isinstance(value, DateValue) else "double precision"
    return comparison(arguments, COMPARISONS[value.prefix], (value.low, value.high), sql_type, low=low, high=high)


def comparison(arguments: Arguments, text: str, ends: tuple[Any, Any], sql_type: str, *, low: str, high: str) -> str:
    """Fill in a comparison with the ends that it uses: PostgreSQL refuses an argument that the text does not use."""
    filled = {name: arguments.add(end, sql_type) for name, end in zip("lh", ends, strict=True) if f"{{{name}}}" in text}
    return text.format(low=low, high=high, **filled)


def bound(arguments: Arguments, value: DateValue, *, low: str) -> str | None:
    """Return what the value implies for the low end of a row, None where that can be anything."""
    text = BOUNDS.get(value.prefix)
    return None if text is None else comparison(arguments, text, (value.low, value.high), "bigint", low=low, high="")


def compare_any(arguments: Arguments, values: Sequence[IntervalValue], *, low: str, high: str) -> str:
    """Compare with one of several values. The text depends on the prefixes that occur, not on how many values there are."""
    if len(values) == 1:
        return compare(arguments, values[0], low=low, high=high)
    array = "bigint[]" if isinstance(values[0], DateValue) else "double precision[]"
    arms = []
    for prefix in Prefix:
        asked = [value for value in values if value.prefix is prefix]
        if asked:
            lows = arguments.add([value.low for value in asked], array)
            highs = arguments.add([value.high for value in asked], array)
            comparison = COMPARISONS[prefix].format(low=low, high=high, l="q.low", h="q.high")
            arms.append(f"EXISTS (SELECT FROM unnest({lows}, {highs}) AS q (low, high) WHERE {comparison})")
    return some(arms)
