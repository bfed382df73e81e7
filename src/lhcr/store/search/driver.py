"""The driver: the token criterion whose index rows, already in the order of the page, lead the way to the resources.

Person, parameter, code and clinical date stand in one index. A page of a person's newest results of one kind is one range scan
of it and a look-up for each row; the scan stops when the page is full.
"""

from typing import Final

from lhcr.fhir.search.parameter import Kind
from lhcr.fhir.search.query import Criterion, DateValue, Node, TokenValue
from lhcr.store.search.bounded import bounded
from lhcr.store.search.compilation import Compilation
from lhcr.store.search.intervals import bound

# Parameters that half of all rows share lead to nothing quickly.
_COMMON: Final = frozenset(
    {"status", "category", "clinical-status", "verification-status", "intent", "class", "active"}
)
_TOLD_APART_BY: Final = ("identifier", "code")


def driver_of(criteria: tuple[Node, ...]) -> Criterion | None:
    """Return the criterion that leads, or None where no single code is asked for."""
    usable = [each for each in criteria if isinstance(each, Criterion) and _is_usable(each)]
    return min(usable, key=_rank, default=None)


def _is_usable(criterion: Criterion) -> bool:
    first = criterion.parameters[0]
    return (
        len(criterion.parameters) == 1
        and len(first.rows) == 1
        and first.kind is Kind.TOKEN
        and first.code != "_id"
        and criterion.modifier is None
        and len(criterion.values) == 1
        and isinstance(criterion.values[0], TokenValue)
        and criterion.values[0].code is not None
    )


def _rank(criterion: Criterion) -> int:
    code = criterion.parameters[0].code
    if code in _TOLD_APART_BY:
        return _TOLD_APART_BY.index(code)
    return 9 if code in _COMMON or code.startswith("_") else 5


def drives(c: Compilation, alias: str, criterion: Criterion) -> list[str] | None:
    """Return the conditions on the leading rows, None where the value's system is unknown and nothing can be found."""
    value = criterion.values[0]
    assert isinstance(value, TokenValue)
    if value.system is not None and value.system not in c.bindings.systems:
        return None
    conditions = [
        c.parameters(alias, criterion.parameters),
        f"{alias}.code = {c.arguments.add(bounded(value.code or ''), 'text')}",
    ]
    if value.system is not None:
        conditions.append(f"{alias}.system = {c.arguments.add(c.bindings.systems[value.system], 'integer')}")
    return conditions


def clinical_bounds(c: Compilation, alias: str, criteria: tuple[Node, ...]) -> list[str]:
    """Return what the criteria on the clinical date say about the leading rows, whose scan it narrows."""
    dated = (
        each.values[0]
        for each in criteria
        if isinstance(each, Criterion)
        and len(each.values) == 1
        and all(parameter.clinical_date for parameter in each.parameters)
    )
    bounds = (bound(c.arguments, value, low=f"{alias}.clinical") for value in dated if isinstance(value, DateValue))
    return [each for each in bounds if each is not None]
