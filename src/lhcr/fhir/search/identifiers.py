"""Identifiers in a query: what a number means that is asked for without its system.

Hazard: partial record. Rows hold an NHS number by its ten digits, so that `identifier=999 000 0018` would pass over them.
"""

from collections.abc import Iterator, Sequence

from lhcr.fhir.search.query import Modifier, TokenValue, Value
from lhcr.nhs.identifier import compared
from lhcr.nhs.systems import NHS_NUMBER


def asks_for_identifiers(code: str, modifier: Modifier | None) -> bool:
    """Say whether the tokens of a criterion are those of Identifiers; a telephone number is not taken for an NHS number."""
    return modifier is Modifier.IDENTIFIER or (code == "identifier" and modifier is not Modifier.MISSING)


def with_numbers(values: Sequence[Value]) -> Iterator[Value]:
    """Yield each value and after it the NHS number that it is too: a text in any system, or those ten digits in that of the number."""
    for value in values:
        yield value
        number = _number(value)
        if number is not None:
            yield number


def without_numbers(values: Sequence[Value]) -> Iterator[Value]:
    """Yield the values without what `with_numbers` adds to them."""
    before: Value | None = None
    for value in values:
        if before is None or value != _number(before):
            yield value
        before = value


def _number(value: Value) -> TokenValue | None:
    if not isinstance(value, TokenValue) or value.system is not None or not value.code:
        return None
    system, digits = compared(NHS_NUMBER, value.code)
    return None if digits == value.code else TokenValue(system=system, code=digits)
