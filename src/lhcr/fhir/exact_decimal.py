"""A decimal that keeps its spelling: FHIR says that the precision of a decimal matters, and clients compare bytes.

Hazard: units and doses mangled. 0.00000010 must not come back as 1.0E-7, nor 1.10 as 1.1.
"""

from decimal import Decimal, InvalidOperation
from typing import Self

LONGEST_NUMBER = 1_000
LARGEST_EXPONENT = 10_000


class ExactDecimal(Decimal):
    """A decimal whose text is not the one that `Decimal` would write; `text` and `str` give it as it was read."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Self:
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __str__(self) -> str:
        return self.text

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.text,)


def read_decimal(text: str) -> Decimal:
    """Read a JSON number with a fraction or an exponent, or `-0`.

    Raises OverflowError for what no measurement needs and arithmetic or a database would choke on: more than 1,000
    characters, or an exponent beyond ten thousand.
    """
    if len(text) > LONGEST_NUMBER:
        raise OverflowError
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise OverflowError from None
    spelling = str(value)
    if spelling == text and "E" not in text:
        return value
    if abs(value.adjusted()) > LARGEST_EXPONENT:
        raise OverflowError
    return value if spelling == text else ExactDecimal(text)
