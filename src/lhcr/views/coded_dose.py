"""A coded dose compared with the dose in words: different, not comparable, or open.

Hazard: overdose. One of 2.5 mg in words and 10 mg in code is wrong, and nobody here knows which; and of 2.5 mg and one ampoule
nobody here knows whether they agree. Neither may look like agreement.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from lhcr.views.dose_words import (
    TIMES,
    is_limit,
    is_limit_after,
    is_number,
    is_other,
    is_time,
    is_unclear,
    unit_after,
    words_in,
)
from lhcr.views.json_walk import object_of
from lhcr.views.quantity import unit_of
from lhcr.views.written_number import number_text

#: How a line begins of which the coded dose is another than the words say.
CODED_DIFFERENTLY: Final = "Coded differently"
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_MOST_DIGITS: Final = 20
#: The kind of a number that no known unit follows.
_BARE: Final = ""
_PIECES: Final = frozenset({"tablet", "capsule", "puff", "drop", "dose", "ampoule", "vial", "sachet", "spray", "patch"})
_MEASURES: Final[Mapping[str, tuple[str, Decimal]]] = MappingProxyType(
    {
        "kg": ("weight", Decimal(10**9)),
        "g": ("weight", Decimal(10**6)),
        "mg": ("weight", Decimal(10**3)),
        "microgram": ("weight", Decimal(1)),
        "ug": ("weight", Decimal(1)),
        "nanogram": ("weight", Decimal("0.001")),
        "ng": ("weight", Decimal("0.001")),
        "l": ("volume", Decimal(1000)),
        "ml": ("volume", Decimal(1)),
        "unit": ("unit", Decimal(1)),
        "iu": ("unit", Decimal(1)),
        "megaunit": ("unit", Decimal(10**6)),
        "milliunit": ("unit", Decimal("0.001")),
        **{piece: (piece, Decimal(1)) for piece in _PIECES},
    }
)


class Comparison(Enum):
    """`OPEN`: the words give no amount, or one that the code may agree with."""

    OPEN = "open"
    DIFFERS = "differs"
    INCOMPARABLE = "incomparable"


class _Amount(NamedTuple):
    """`sure` is false of a number that may be a part of another, a strength or no dose: it proves no difference."""

    kind: str
    value: Decimal
    sure: bool = True


def compare_dose(text: str, doses: Iterable[Any]) -> Comparison:
    """Compare Quantities, or Ranges, that are not plainly said with the words; the gravest finding counts.

    Fractions in words are not compared. A bare number, as in "one daily", is of pieces: it is compared with tablets and not with milligrams.
    """
    words = words_in(text)
    coded = [ends for dose in doses if (ends := list(_ends(dose)))]
    if coded and is_unclear(words):
        return Comparison.INCOMPARABLE
    said = tuple(_amounts(words))
    found = {_compare(said, ends) for ends in coded} if said else set()
    return next((each for each in (Comparison.DIFFERS, Comparison.INCOMPARABLE) if each in found), Comparison.OPEN)


def _compare(said: tuple[_Amount, ...], coded: list[_Amount | None]) -> Comparison:
    """Hazard: overdose. Of a Range every end must be said: "5 to 10 mg" is not what is coded as 5 to 20 mg."""
    ends = [end for end in coded if end]
    comparable = [other for other in said if any(_alike(end.kind, other.kind) for end in ends)]
    values = {end.value for end in ends}
    agreed = values & {other.value for other in comparable if other.sure}
    if len(ends) == len(coded) and agreed == values:
        return Comparison.OPEN
    others = {other.value for other in comparable} - values
    differs = bool(others) and len(ends) == len(coded) and all(other.sure for other in comparable)
    return Comparison.DIFFERS if differs else Comparison.INCOMPARABLE


def _alike(coded: str, said: str) -> bool:
    return coded == said or (said == _BARE and coded in _PIECES)


def _ends(dose: Any) -> Iterator[_Amount | None]:
    """The amounts of a Quantity or of the ends of a Range, None for one whose unit is not understood."""
    quantity = object_of(dose)
    for end in (quantity, object_of(quantity.get("low")), object_of(quantity.get("high"))):
        if end.get("value") is not None:
            unit = words_in(unit_of(end))
            yield _measured(number_text(end["value"]), unit[0]) if len(unit) == 1 else None


def _amounts(words: tuple[str, ...]) -> Iterator[_Amount]:
    """The amounts in words. `2 x 5 ml` is 10 ml."""
    times = Decimal(1)
    for at, word in enumerate(words):
        if not is_number(word) or is_time(words, at) or is_limit(words, at):
            continue
        unit = unit_after(words, at)
        number = _number(word)
        if unit in TIMES:
            times = number or Decimal(1)
            continue
        amount = _measured(word, unit) or (_Amount(_BARE, number) if number is not None else None)
        if amount:
            yield _Amount(amount.kind, amount.value * times, _is_sure(words, at, amount.kind))
        times = Decimal(1)


def _is_sure(words: tuple[str, ...], at: int, kind: str) -> bool:
    """Hazard: a false alarm, after which the next is not read. Only a number that is surely a dose can prove a difference."""
    unit = unit_after(words, at)
    behind = at + 2 if kind != _BARE and words[at + 1 : at + 2] == (unit,) else at + 1
    after = (*words[behind : behind + 2], "", "")
    return (
        not is_other(words, at)
        and words[max(0, at - 2) : at] != ("up", "to")
        and not (after[0] == "/" and not is_time(("1", *after[1:2]), 0) and after[1] != "24")
        and not (kind == _BARE and is_number(unit) and not is_time(words, at + 1))
        and after[0] not in {*TIMES, "^"}
        and not (kind in {"weight", "volume"} and after[0] in _PIECES)
        and not is_limit_after(words, at)
    )


def _measured(digits: str, unit: str) -> _Amount | None:
    number, measure = _number(digits), _MEASURES.get(unit)
    return _Amount(measure[0], number * measure[1]) if number is not None and measure else None


def _number(digits: str) -> Decimal | None:
    """A number of a dose, with a comma for thousands as it is written here, else for a decimal point."""
    plain = digits.replace(",", "" if _THOUSANDS.fullmatch(digits) else ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS else None
