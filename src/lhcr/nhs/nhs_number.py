"""The NHS number: ten digits, the last of which checks the nine before it (NHS Data Dictionary, NHS NUMBER).

Hazard guarded here: the wrong person. A mistyped number, and a number made of one repeated digit that many systems
write when they know none, must not bring two people's records together.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self

from lhcr.kernel.errors import Incorrect, Issue

# People write 999 000 0018, 999-000-0018, and paste from documents that use the no-break space and other hyphens.
_SEPARATORS: Final = dict.fromkeys(map(ord, " -\u00a0\u2010\u2011\u2013"))
# ASCII digits alone: str.isdigit() also accepts digits of other scripts, which no other system would match.
_TEN_DIGITS: Final = re.compile(r"[0-9]{10}")
_LONGEST_INPUT: Final = 32
_SYNTHETIC_PREFIX: Final = 99_900_000
_NUMBERS_PER_PREFIX: Final = 9
#: How many synthetic numbers `synthetic` can give; the last block is left out, as 9999999999 is a placeholder.
SYNTHETIC_COUNT: Final = 99_999 * _NUMBERS_PER_PREFIX


class NumberRange(Enum):
    """Who issues numbers of this range; the check digit is the same for all."""

    ENGLAND_WALES_ISLE_OF_MAN = "england-wales-isle-of-man"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"
    TEST = "test"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True, order=True, repr=False)
class NhsNumber:
    """A number of ten ASCII digits whose check digit is right. Its `repr` keeps it out of logs and traces.

    Raises `Incorrect` (`nhs-number-invalid`) for anything else.
    """

    value: str

    def __post_init__(self) -> None:
        if not _TEN_DIGITS.fullmatch(self.value) or check_digit(self.value[:9]) != int(self.value[9]):
            raise _invalid()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as people write it: spaces and hyphens anywhere, nothing else. Raises `Incorrect`."""
        if len(text) > _LONGEST_INPUT:
            raise _invalid()
        return cls(text.translate(_SEPARATORS))

    @property
    def display(self) -> str:
        """The number as it is shown to people: 3-3-4, as in 999 000 0018."""
        return f"{self.value[:3]} {self.value[3:6]} {self.value[6:]}"

    @property
    def is_synthetic(self) -> bool:
        """Whether it lies in the 999 range, which belongs to nobody and is used for made-up people."""
        return self.value.startswith("999")

    @property
    def is_placeholder(self) -> bool:
        """Whether it is one digit ten times over: each passes the check, and stands for "unknown" in many systems.

        Two records that share a placeholder say nothing about being one person.
        """
        return len(set(self.value)) == 1

    @property
    def number_range(self) -> NumberRange:
        return _range_of(int(self.value[:6]))

    def __repr__(self) -> str:
        return "NhsNumber(...)"


def check_digit(first_nine: str) -> int | None:
    """Return the digit that follows these nine, or None where no number may begin with them.

    Weights 10 to 2, modulo 11, subtracted from 11; 11 counts as 0 and 10 has no digit.
    """
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), first_nine, strict=True))
    digit = (11 - total % 11) % 11
    return None if digit == 10 else digit


def synthetic(index: int) -> NhsNumber:
    """Return the index-th number of the 999 range, each index its own, 0 <= index < `SYNTHETIC_COUNT`.

    Of the ten numbers that share eight digits at most one has no check digit, so the first nine that have one serve.
    """
    if not 0 <= index < SYNTHETIC_COUNT:
        raise ValueError(f"index must be from 0 to {SYNTHETIC_COUNT - 1}")
    block, place = divmod(index, _NUMBERS_PER_PREFIX)
    valid = [nine for nine in _nines(_SYNTHETIC_PREFIX + block) if check_digit(nine) is not None]
    return NhsNumber(f"{valid[place]}{check_digit(valid[place])}")


def _nines(prefix: int) -> list[str]:
    return [f"{prefix}{ninth}" for ninth in range(10)]


def _range_of(first_six: int) -> NumberRange:
    if 10_101 <= first_six <= 311_299:
        return NumberRange.SCOTLAND
    if 320_000 <= first_six <= 399_999:
        return NumberRange.NORTHERN_IRELAND
    if first_six // 100_000 in {4, 6, 7}:
        return NumberRange.ENGLAND_WALES_ISLE_OF_MAN
    return NumberRange.TEST if first_six >= 900_000 else NumberRange.UNASSIGNED


def _invalid() -> Incorrect:
    diagnostics = "An NHS number is ten digits, the last of which is a check digit; this is not one."
    return Incorrect([Issue(code="value", error="nhs-number-invalid", diagnostics=diagnostics)])
