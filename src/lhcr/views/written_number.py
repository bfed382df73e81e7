"""Numbers as they were written: 1.10 stays 1.10."""

from decimal import Decimal
from typing import Any

_LONGEST_EXPONENT = 40


def is_number(value: Any) -> bool:
    """Whether the JSON value is a number; true and false are not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def number_text(value: Any) -> str:
    """The digits as recorded.

    Hazard: a result whose trailing zero or unit of precision is lost reads as another measurement. Text is kept, and a
    decimal is written out, without an exponent where it is of a readable length.
    """
    if isinstance(value, Decimal) and value.is_finite():
        exponent = value.as_tuple().exponent
        readable = isinstance(exponent, int) and abs(exponent) <= _LONGEST_EXPONENT
        return format(value, "f") if readable else str(value)
    return str(value)


def number_of(value: Any) -> float | None:
    """The number for drawing, never for showing; None for what is no finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 1e300 and not isinstance(value, bool) else None
