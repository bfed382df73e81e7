"""Comparisons: the prefix of a date, number or quantity, and the closed interval that the value stands for."""

import re
from datetime import datetime
from decimal import Decimal
from math import inf, isinf, nextafter

from lhcr.fhir.search.dates import EARLIEST, LATEST, Interval, interval
from lhcr.fhir.search.query import Prefix

_PREFIXED = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)\Z", re.DOTALL)
_DATE = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?\Z",
    re.ASCII,
)
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?\Z", re.ASCII)
_WITH_PRECISION = frozenset({Prefix.EQ, Prefix.NE, Prefix.AP})


def split_prefix(text: str) -> tuple[Prefix, str]:
    """Give the comparison that a value begins with (eq where there is none) and the value without it."""
    match = _PREFIXED.match(text)
    assert match is not None
    prefix, literal = match.groups()
    return (Prefix.EQ if prefix is None else Prefix(prefix)), literal


def date_interval(prefix: Prefix, literal: str, now: datetime) -> Interval:
    """Give the interval of a date in a query; with `ap` it is widened by a tenth of its distance from now. ValueError."""
    if _DATE.match(literal) is None:
        raise ValueError("not a date")
    low, high = interval(literal)
    if prefix is not Prefix.AP:
        return low, high
    present = interval(now.isoformat())[0]
    gap = max(low - present, present - high, 0) // 10
    return max(low - gap, EARLIEST), min(high + gap, LATEST)


def number_interval(prefix: Prefix, literal: str) -> tuple[float, float]:
    """Give the interval of a number in a query. ValueError.

    With `eq`, `ne` and `ap` it is that of the digits written: `100` is 99.5 to just below 100.5, `5.40` is 5.395 to just below 5.405,
    and `1e2` is 95 to just below 105, which is FHIR's own example. `ap` is at least a tenth of the value either
    way. The other prefixes take the value as exact (FHIR R4 3.1.1.4.6).
    """
    if _NUMBER.match(literal) is None:
        raise ValueError("not a number")
    value = Decimal(literal)
    plain = float(value)
    if isinf(plain):
        raise ValueError("too large")
    if prefix not in _WITH_PRECISION:
        return plain, plain
    half = _half_step(value)
    if prefix is Prefix.AP:
        half = max(half, abs(value) / 10)
        return float(value - half), float(value + half)
    return float(value - half), nextafter(float(value + half), -inf)


def _half_step(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(5).scaleb(exponent - 2 if exponent > 0 else exponent - 1)
