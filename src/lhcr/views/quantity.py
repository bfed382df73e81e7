"""Measured values as words: quantity, range and ratio, digits and units as recorded."""

from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import codes_of, read_concept
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.unit import contradict
from lhcr.views.written_number import number_of, number_text

_UCUM = "http://unitsofmeasure.org"
_PIECES = frozenset(
    {
        *(
            "tablet",
            "capsule",
            "ampoule",
            "vial",
            "sachet",
            "inhaler",
            "bottle",
            "pack",
            "device",
            "syringe",
            "cartridge",
        ),
        *(
            "dose",
            "puff",
            "drop",
            "spray",
            "lozenge",
            "plaster",
            "dressing",
            "application",
            "pre-filled syringe",
            "tube",
        ),
    }
)


def quantity_text(value: Any) -> str:
    """`< 1.10 mmol/L`: comparator, digits and unit as they stand; the unit's code only where it has no words."""
    quantity = object_of(value)
    return " ".join(part for part in (digits_text(quantity), unit_of(quantity)) if part)


def pieces_text(value: Any) -> str:
    """A quantity of pieces as people count them: `28 tablets`. A unit that is no countable piece stays as recorded."""
    said, unit = quantity_text(value), unit_of(object_of(value))
    return f"{said}s" if unit.casefold() in _PIECES and number_of(object_of(value).get("value")) != 1 else said


def digits_text(quantity: JsonObject) -> str:
    """`< 1.10`, without the unit. Hazard: a value below what can be measured, or above, shown as one that was measured."""
    digits = number_text(quantity["value"]) if quantity.get("value") is not None else ""
    return " ".join(part for part in (text_of(quantity.get("comparator")), digits) if part)


def unit_of(quantity: JsonObject) -> str:
    """The unit in its source's words, with its UCUM code where that means another: hazard: units mangled."""
    words, code = text_of(quantity.get("unit")), text_of(quantity.get("code"))
    if text_of(quantity.get("system")) == _UCUM and contradict(words, code):
        return f"{words} (coded as {code})"
    unit = words or code
    return "" if unit in {"1", "{score}"} else unit


def range_text(value: Any) -> str:
    """`3.5 to 5.3 mmol/L`, or one bound alone."""
    bounds = object_of(value)
    # A bound without a number bounds nothing.
    low, high = (
        bound if digits_text(bound) else {} for bound in map(object_of, (bounds.get("low"), bounds.get("high")))
    )
    if low and high and unit_of(low) == unit_of(high):
        return f"{digits_text(low)} to {quantity_text(high)}"
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
    """A reference range as its source wrote it, its bounds where the words leave them out, and whom it is for.

    Hazard: a critical or therapeutic range, or one for children, read as the normal range of this person.
    """
    bounds = object_of(value)
    text, told = text_of(bounds.get("text")), range_text(bounds)
    digits = [number_text(object_of(bounds.get(end)).get("value", "")) for end in ("low", "high")]
    both = f"{text}: {told}" if text and told and not all(each in text for each in digits) else text or told
    kinds = [concept for concept in objects_of(bounds.get("type")) if "normal" not in codes_of(concept)]
    for_whom = [read_concept(concept).title for concept in (*kinds, *objects_of(bounds.get("appliesTo")))]
    age = range_text(bounds.get("age"))
    limits = ", ".join(part for part in (*for_whom, f"age {age}" if age else "") if part)
    return f"{both} ({limits})" if both and limits else both
