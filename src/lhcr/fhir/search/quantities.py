"""Numbers and quantities as closed intervals of floats; a plain value has equal ends, an open end is infinite."""

from math import inf, isfinite, nextafter
from typing import Any, TypeAlias

from lhcr.kernel.json_types import JsonObject

Number: TypeAlias = tuple[float, float]
Quantity: TypeAlias = tuple[float, float, str, str, str]
"""(low, high, system, code, unit); "" stands for absent."""

CURRENCIES = "urn:iso:std:iso:4217"


def number(value: Any) -> tuple[Number, ...]:
    if value is None:
        return ()
    plain = float(value)
    return ((plain, plain),)


def number_range(value: JsonObject) -> tuple[Number, ...]:
    low, high = _ends(value)
    return () if (low, high) == (-inf, inf) else ((low, high),)


def quantity(value: JsonObject) -> tuple[Quantity, ...]:
    """Give a Quantity's interval and unit; `<5` is everything below 5. Units stay as they are written."""
    if value.get("value") is None:
        return ()
    low, high = compared(float(value["value"]), value.get("comparator", ""))
    return ((low, high, value.get("system", ""), value.get("code", ""), value.get("unit", "")),)


def compared(value: float, comparator: str) -> Number:
    if comparator == "<":
        return -inf, nextafter(value, -inf)
    if comparator == "<=":
        return -inf, value
    if comparator == ">":
        return nextafter(value, inf), inf
    if comparator == ">=":
        return value, inf
    return value, value


def quantity_range(value: JsonObject) -> tuple[Quantity, ...]:
    """Give a Range's interval in the unit of the end that has one."""
    low, high = _ends(value)
    if (low, high) == (-inf, inf):
        return ()
    unit = value.get("low") or value.get("high") or {}
    return ((low, high, unit.get("system", ""), unit.get("code", ""), unit.get("unit", "")),)


def _ends(value: JsonObject) -> Number:
    low, high = ((value.get(end) or {}).get("value") for end in ("low", "high"))
    first, last = -inf if low is None else float(low), inf if high is None else float(high)
    return min(first, last), max(first, last)


def money(value: JsonObject) -> tuple[Quantity, ...]:
    if value.get("value") is None:
        return ()
    plain = float(value["value"])
    return ((plain, plain, CURRENCIES, value.get("currency", ""), ""),)


def sampled_data(value: JsonObject) -> tuple[Quantity, ...]:
    """Give the interval from the smallest to the largest sample, in the unit of the origin; none without a sample.

    ValueError where a sample is no number.
    """
    origin = value.get("origin") or {}
    start, factor = float(origin.get("value", 0)), float(value.get("factor", 1))
    samples = [start + factor * float(each) for each in value.get("data", "").split() if each not in {"E", "U", "L"}]
    if not samples:
        return ()
    if not all(isfinite(each) for each in samples):
        raise ValueError("a sample is not a number")
    return ((min(samples), max(samples), origin.get("system", ""), origin.get("code", ""), origin.get("unit", "")),)
