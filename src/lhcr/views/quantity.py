"""Measured values as words: quantity, range and ratio, digits and units as recorded."""

from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.json_walk import object_of, text_of
from lhcr.views.written_number import number_text


def quantity_text(value: Any) -> str:
    """`< 1.10 mmol/L`: comparator, digits and unit as they stand; the unit's code only where it has no words."""
    quantity = object_of(value)
    digits = number_text(quantity["value"]) if quantity.get("value") is not None else ""
    return " ".join(part for part in (text_of(quantity.get("comparator")), digits, unit_of(quantity)) if part)


def unit_of(quantity: JsonObject) -> str:
    unit = text_of(quantity.get("unit")) or text_of(quantity.get("code"))
    return "" if unit in {"1", "{score}"} else unit


def range_text(value: Any) -> str:
    """`3.5 to 5.3 mmol/L`, or one bound alone."""
    bounds = object_of(value)
    low, high = object_of(bounds.get("low")), object_of(bounds.get("high"))
    if low and high and unit_of(low) == unit_of(high):
        return f"{number_text(low.get('value', ''))} to {quantity_text(high)}"
    if low and high:
        return f"{quantity_text(low)} to {quantity_text(high)}"
    if low:
        return f"{quantity_text(low)} or more"
    return f"{quantity_text(high)} or less" if high else ""


def ratio_text(value: Any) -> str:
    ratio = object_of(value)
    parts = (quantity_text(ratio.get("numerator")), quantity_text(ratio.get("denominator")))
    return " : ".join(part for part in parts if part)


def reference_range_text(value: Any) -> str:
    """A reference range as its source wrote it, else from its bounds."""
    bounds = object_of(value)
    return text_of(bounds.get("text")) or range_text(bounds)
