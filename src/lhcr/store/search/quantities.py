"""Quantities: the condition that a row's interval compares as asked, in the unit asked for.

Hazard: units mangled. Units are compared as they were written and never converted: 5 mg does not find 5000 ug, and an area
that wants both asks for both.
"""

from collections.abc import Sequence

from lhcr.fhir.search.query import QuantityValue
from lhcr.store.search.bounded import bounded
from lhcr.store.search.compilation import NEVER, Compilation, some
from lhcr.store.search.intervals import compare


def matches_quantity(c: Compilation, alias: str, values: Sequence[QuantityValue]) -> str:
    return some([_matches(c, alias, value) for value in values])


def _matches(c: Compilation, alias: str, value: QuantityValue) -> str:
    unit = unit_condition(c, value, system=f"{alias}.system", code=f"{alias}.code", unit=f"{alias}.unit")
    if unit == NEVER:
        return NEVER
    interval = compare(c.arguments, value, low=f"{alias}.low", high=f"{alias}.high")
    return f"({interval} AND {unit})" if unit else interval


def unit_condition(c: Compilation, value: QuantityValue, *, system: str, code: str, unit: str | None) -> str:
    """Compare the unit: by system and code, by a code or unit of any system, or not at all (an empty condition)."""
    if value.system is None:
        return "" if value.code is None else _written_as(c, value.code, code=code, unit=unit)
    if value.system not in c.bindings.systems:
        return NEVER
    of_system = f"{system} = {c.arguments.add(c.bindings.systems[value.system], 'integer')}"
    if value.code is None:
        return of_system
    return f"({of_system} AND {code} = {c.arguments.add(bounded(value.code), 'text')})"


def _written_as(c: Compilation, text: str, *, code: str, unit: str | None) -> str:
    asked = c.arguments.add(bounded(text), "text")
    return f"{code} = {asked}" if unit is None else f"({code} = {asked} OR {unit} = {asked})"
