"""Values: for each kind of parameter the table that its rows are in, and the condition that a row fulfils what is asked."""

from collections.abc import Callable
from typing import Any, Final

from lhcr.fhir.search.parameter import Kind
from lhcr.fhir.search.query import Modifier
from lhcr.store.search.bounded import bounded
from lhcr.store.search.compilation import Compilation
from lhcr.store.search.composites import matches_composite
from lhcr.store.search.intervals import compare_any
from lhcr.store.search.positions import matches_position
from lhcr.store.search.quantities import matches_quantity
from lhcr.store.search.references import matches_reference
from lhcr.store.search.strings import matches_string
from lhcr.store.search.tokens import matches_token

TABLES: Final = {
    Kind.TOKEN: "search_token",
    Kind.REFERENCE: "search_reference",
    Kind.DATE: "search_date",
    Kind.STRING: "search_string",
    Kind.NUMBER: "search_quantity",
    Kind.QUANTITY: "search_quantity",
    Kind.URI: "search_uri",
    Kind.COMPOSITE: "search_composite",
    Kind.POSITION: "search_position",
}
"""A reference's logical identifier is a token: its rows are in `search_token`, under the reference's parameter."""


def matches_value(c: Compilation, kind: Kind, alias: str, values: Any, modifier: Modifier | None) -> str:
    """Return the condition on a row of the kind's table that one of the values holds of it."""
    if kind is Kind.STRING:
        return matches_string(c, alias, values, modifier)
    return _CONDITIONS[kind](c, alias, values)


def _matches_uri(c: Compilation, alias: str, values: Any) -> str:
    return f"{alias}.value = ANY ({c.arguments.add([bounded(value.uri) for value in values], 'text[]')})"


def _matches_interval(c: Compilation, alias: str, values: Any) -> str:
    return compare_any(c.arguments, values, low=f"{alias}.low", high=f"{alias}.high")


_CONDITIONS: Final[dict[Kind, Callable[[Compilation, str, Any], str]]] = {
    Kind.TOKEN: matches_token,
    Kind.REFERENCE: matches_reference,
    Kind.DATE: _matches_interval,
    Kind.NUMBER: _matches_interval,
    Kind.QUANTITY: matches_quantity,
    Kind.URI: _matches_uri,
    Kind.COMPOSITE: matches_composite,
    Kind.POSITION: matches_position,
}
