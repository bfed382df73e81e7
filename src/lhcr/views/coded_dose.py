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

from lhcr.views.json_walk import object_of
from lhcr.views.plain_dose import words_in
from lhcr.views.quantity import unit_of
from lhcr.views.written_number import number_text

#: How a line begins of which the coded dose is another than the words say.
CODED_DIFFERENTLY: Final = "Coded differently"
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
#: What follows a number that says how often, for how long or when, and no amount.
_NO_AMOUNT: Final = frozenset(
    {
        *("times", "am", "pm", ":", "%"),
        *("minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years"),
    }
)
#: What stands before an amount that is a limit and not the dose.
_LIMITS: Final = frozenset({"max", "maximum", "exceed", "exceeding", "than"})
_RANGES: Final = frozenset({"to", "or", "-", "–"})
#: Parts of a whole, which may stand for themselves or be added to a number before them.
_FRACTIONS: Final = frozenset({"half", "halves", "third", "quarter", "quarters", "½", "¼", "¾", "⅓"})
_NEAR: Final = 4
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
        **{piece: (piece, Decimal(1)) for piece in _PIECES},
    }
)


class Comparison(Enum):
    """`OPEN`: the words give no amount, or one that the code may agree with."""

    OPEN = "open"
    DIFFERS = "differs"
    INCOMPARABLE = "incomparable"


class _Amount(NamedTuple):
    kind: str
    value: Decimal


def compare_dose(text: str, doses: Iterable[Any]) -> Comparison:
    """Compare Quantities, or Ranges, that are not plainly said with the words; the gravest finding counts.

    Fractions in words are not compared. A bare number, as in "one daily", is of pieces: it is compared with tablets and not with milligrams.
    """
    words = words_in(text)
    if not _FRACTIONS.isdisjoint(words):
        return Comparison.INCOMPARABLE
    said = tuple(_amounts(words))
    found = {_compare(said, list(_ends(dose))) for dose in doses} if said else set()
    return next((each for each in (Comparison.DIFFERS, Comparison.INCOMPARABLE) if each in found), Comparison.OPEN)


def _compare(said: tuple[_Amount, ...], coded: list[_Amount | None]) -> Comparison:
    comparable = [(one, other) for one in coded if one for other in said if _alike(one.kind, other.kind)]
    if not coded or any(one.value == other.value for one, other in comparable):
        return Comparison.OPEN
    return Comparison.DIFFERS if comparable else Comparison.INCOMPARABLE


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
        following = _unit_after(words, at)
        if not word[0].isdecimal() or following in _NO_AMOUNT or _is_limit(words, at):
            continue
        if following in {"x", "×"}:
            times = _number(word) or Decimal(1)
            continue
        amount = _measured(word, following)
        if amount is None and (number := _number(word)) is not None:
            amount = _Amount(_BARE, number)
        if amount:
            yield _Amount(amount.kind, amount.value * times)
        times = Decimal(1)


def _unit_after(words: tuple[str, ...], at: int) -> str:
    """The word after a number or after the range that it begins: both ends of "5 to 10 mg" are of milligrams."""
    beyond = (*words[at + 1 : at + 4], "", "", "")
    return beyond[2] if beyond[0] in _RANGES and beyond[1][:1].isdecimal() else beyond[0]


def _is_limit(words: tuple[str, ...], at: int) -> bool:
    return not _LIMITS.isdisjoint(words[max(0, at - _NEAR) : at])


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
