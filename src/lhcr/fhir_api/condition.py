"""A condition: the search by which a conditional interaction says which resource it means (FHIR R4 http 3.1.0.4.3)."""

from collections.abc import Sequence

from lhcr.fhir.search.query import SearchQuery
from lhcr.fhir.search.query_parser import parse_query
from lhcr.fhir_api.parameters import EVERYWHERE, Pair, read_pairs, refuse_unknown
from lhcr.fhir_api.refusals import malformed
from lhcr.fhir_api.services import Services
from lhcr.kernel.errors import Conflict, Issue

_PAGING = frozenset({"_cursor", "_page"})


def read_condition(services: Services, type: str, pairs: Sequence[Pair]) -> SearchQuery:
    """Return the condition of an address. Raises Conflict (412) where it has no criterion, so that nothing means everything."""
    asked = [pair for pair in pairs if pair[0] not in EVERYWHERE]
    refuse_unknown([pair for pair in asked if pair[0] in _PAGING])
    query = parse_query(type, asked, now=services.clock.now(), bases=(services.base,))
    if not query.criteria:
        diagnostics = "A conditional interaction needs at least one search criterion."
        raise Conflict([Issue(code="required", error="condition-missing", diagnostics=diagnostics)], status=412)
    if query != SearchQuery(types=query.types, criteria=query.criteria):
        raise malformed("condition-invalid", "A condition holds search criteria alone, nothing about the answer.")
    return query


def read_none_exist(services: Services, type: str, text: str | None) -> SearchQuery | None:
    """Return the condition of If-None-Exist, written as in an address; None where there is none."""
    if text is None:
        return None
    return read_condition(services, type, read_pairs(text.strip().rpartition("?")[2].encode()))
