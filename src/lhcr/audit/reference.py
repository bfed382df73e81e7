"""A decision's reference: a number that grows with time, and the word by which people name it (`D-0C4K2V7Q3M5ZT`).

It is no secret: it opens nothing, and what it names is told only to those who may read the log.
"""

import secrets
from datetime import UTC, datetime
from typing import Final

from lhcr.kernel.errors import Incorrect, Issue

# Crockford's base 32: no letter in it can be mistaken for a digit when it is read out on the telephone.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_DIGITS: Final = 13
_RANDOM_BITS: Final = 22
_BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)


def new_decision_number(now: datetime) -> int:
    """Return a number of 63 bits: milliseconds since 2020, then 22 random bits."""
    milliseconds = int((now - _BEGINNING).total_seconds() * 1000)
    return milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)


def reference_of(number: int) -> str:
    digits = (_ALPHABET[number >> shift & 31] for shift in range(5 * (_DIGITS - 1), -1, -5))
    return "D-" + "".join(digits)


def number_of(reference: str) -> int:
    """Return the number behind a reference as people type it. Raises `Incorrect` (`reference-invalid`)."""
    word = reference.strip().upper().removeprefix("D-")
    if len(word) != _DIGITS or any(letter not in _VALUES for letter in word) or _VALUES[word[0]] > 7:
        diagnostics = "A decision's reference is D- and thirteen letters and digits; this is not one."
        raise Incorrect([Issue(code="value", error="reference-invalid", diagnostics=diagnostics)])
    number = 0
    for letter in word:
        number = number << 5 | _VALUES[letter]
    return number
