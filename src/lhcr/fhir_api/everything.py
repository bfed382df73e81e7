"""The operation Patient/$everything: one person's record in pages (FHIR R4 patient-operation-everything)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from lhcr.access.request import Interaction
from lhcr.audit.answer import Answer
from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import operation_outcome
from lhcr.fhir.search.result_parser import searched_types
from lhcr.fhir_api import subset
from lhcr.fhir_api.bundle import OUTCOME, bundle_of_chunks, result_chunks
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.notice import bundle_meta, marker_entries
from lhcr.fhir_api.operation_input import operation_pairs
from lhcr.fhir_api.page_links import Asked, next_link, open_page, self_link, with_count
from lhcr.fhir_api.parameters import Pair, count_of, each_of, instant_of, microseconds, refuse_unknown, single
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.subset import Subset, read_subset
from lhcr.fhir_api.whom import decide_on_id
from lhcr.fhir_api.withheld import withheld_entries
from lhcr.kernel.errors import Issue
from lhcr.record.everything import Page, Range

KNOWN: Final = frozenset({"_since", "start", "end", "_type", "_count"}) | subset.KNOWN
_USUAL: Final = 1_000
_MOST: Final = 1_000
#: Hazard: partial shown as complete. It follows from what the asker may see, and so tells nothing of what is hidden.
_OUTSIDE: Final = Issue(
    code="informational",
    error="outside-range",
    diagnostics=(
        "Entries with a date outside start and end were left out. What has no date is in this answer, and so are allergies, "
        "problems, medicines and plans of care that began before start and are still in force. "
        "Ask without start and end for the whole record."
    ),
    severity="information",
)


async def everything(services: Services, call: Call) -> Reply:
    asked = open_page(services, call, await operation_pairs(call))
    refuse_unknown(asked.pairs, known=KNOWN)
    wanted, part = _range(asked.pairs), read_subset(asked.pairs)
    count = count_of(asked.pairs, usual=_USUAL, most=_MOST)
    decision, person_id = await decide_on_id(services, call, Interaction.EVERYTHING)
    return await services.record.everything.page(
        decision,
        id=call.target.id,
        person_id=0 if person_id is None else person_id,
        asked=wanted,
        after=_after(asked.after),
        count=count,
        render=lambda page: _answer(services, call, asked, _cut(page, part), count=count),
    )


def _range(pairs: Sequence[Pair]) -> Range:
    start, end, types = single(pairs, "start"), single(pairs, "end"), each_of(pairs, "_type")
    return Range(
        since=instant_of(pairs, "_since"),
        low=None if start is None else microseconds("start", start)[0],
        high=None if end is None else microseconds("end", end)[1],
        types=None if types is None else searched_types(types),
    )


def _after(after: Sequence[Any] | None) -> tuple[str, str] | None:
    return None if after is None else (after[0], after[1])


def _cut(page: Page, part: Subset) -> Page:
    if part.is_whole:
        return page
    found = [(name, own_id, version, part.of(body), of) for name, own_id, version, body, of in page.found]
    return replace(page, found=found)


def _answer(services: Services, call: Call, asked: Asked, page: Page, *, count: int) -> Answer:
    base = services.base
    chunks = result_chunks(base, page.found)
    types = searched_types(text) if (text := each_of(asked.pairs, "_type")) else ()
    told = marker_entries(noticed=page.notice.given) + withheld_entries(services, call, types)
    chunks += [each + b"," for each in told]
    if page.left_out:
        chunks.append(b'{"resource":' + write_json(operation_outcome([_OUTSIDE])) + OUTCOME + b",")
    links = [self_link(services, call, with_count(asked.pairs, count), after=asked.after)]
    if page.after is not None:
        links.append(next_link(services, call, asked.pairs, page.after))
    whole = page.after is None and asked.after is None
    total = len(page.found) if whole else None
    meta = bundle_meta(noticed=page.notice.given)
    return Answer(status=200, body=bundle_of_chunks("searchset", chunks, links=links, total=total, meta=meta))
