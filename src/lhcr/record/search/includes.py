"""Included resources: what matches refer to and what refers to them, round by round."""

from collections.abc import Sequence
from typing import Final

from lhcr.fhir.search.query import Include, SearchQuery
from lhcr.record.search.found import Entry
from lhcr.record.search.gathering import Gathering
from lhcr.record.search.include_forward import include_referred
from lhcr.record.search.include_reverse import include_referring

DEEPEST: Final = 5


async def include(gathering: Gathering, query: SearchQuery, matches: Sequence[Entry]) -> None:
    """Gather what a query includes with its matches.

    Every include looks at the matches, those with `:iterate` also at what was included, in five rounds at most; what a
    sixth would bring is cut, and the gathering says so.
    """
    forward, reverse, latest = query.includes, query.reverse_includes, matches
    for _ in range(DEEPEST):
        latest = await _round(gathering, latest, forward, reverse)
        forward = tuple(each for each in forward if each.iterate)
        reverse = tuple(each for each in reverse if each.iterate)
        if gathering.cut or not latest or not (forward or reverse):
            return
    kept = len(gathering.found)
    if await _round(gathering, latest, forward, reverse):
        del gathering.found[kept:]
        gathering.cut = True


async def _round(
    gathering: Gathering, rows: Sequence[Entry], forward: Sequence[Include], reverse: Sequence[Include]
) -> Sequence[Entry]:
    """Return what one round brought that was not there before."""
    before = len(gathering.found)
    await include_referred(gathering, rows, forward)
    for each in reverse:
        await include_referring(gathering, rows, each)
    return gathering.found[before:]
