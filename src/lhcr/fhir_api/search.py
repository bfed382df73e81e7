"""The interaction search: of a type, the whole area or a compartment, by GET or by POST (FHIR R4 http 3.1.0.11)."""

from dataclasses import replace
from typing import Final

from lhcr.access.decision import AccessDecision
from lhcr.access.request import NOBODY, About, Interaction
from lhcr.audit.answer import Answer
from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import operation_outcome
from lhcr.fhir.search.query import SearchQuery, Summary, Total
from lhcr.fhir.search.query_parser import parse_query
from lhcr.fhir.search.query_rendering import render
from lhcr.fhir_api.bundle import INCLUDE, OUTCOME, bundle, result_entry
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.compartment import OF_ONE_PERSON, compartment_criterion, refuse_foreign_types
from lhcr.fhir_api.named_person import named_entry, named_person, person_of_query
from lhcr.fhir_api.notice import bundle_meta, is_told, marker_entries
from lhcr.fhir_api.page_links import Asked, next_link, open_page, self_link
from lhcr.fhir_api.parameters import Pair, invalid, refuse_unknown
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.subset import Subset
from lhcr.fhir_api.told import Told
from lhcr.fhir_api.trace import is_trace, narrowed, trace_answer
from lhcr.fhir_api.whom import decide_on_compartment, decide_on_entry
from lhcr.fhir_api.withheld import beyond_scopes, withheld_entries
from lhcr.fhir_api.within_record import filed_elsewhere, within_record
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Issue
from lhcr.record.search.found import SearchPage
from lhcr.record.search.page_reading import MOST_COUNT

_CUT: Final = Issue(
    code="incomplete",
    error="includes-cut",
    diagnostics="Not everything that was to be included is here: there is more than a page holds.",
    severity="warning",
)


async def search(services: Services, call: Call) -> Reply:
    """Search by GET: everything stands in the address."""
    return await _answer_search(services, call, call.pairs)


async def search_by_post(services: Services, call: Call) -> Reply:
    """Search by POST: the form joins the address, and what stood in it appears in no link."""
    return await _answer_search(services, call, (*call.pairs, *await call.content.pairs()))


async def _answer_search(services: Services, call: Call, pairs: tuple[Pair, ...]) -> Reply:
    asked = open_page(services, call, pairs)
    query = _query(services, call, asked.pairs)
    if not call.target.member and is_trace(call.principal, query):
        return await _trace(services, call, asked, narrowed(query))
    decision, names_person = await _decide(services, call, query, masked=services.mask.mask(asked.pairs))
    if decision is None:
        return _found_nothing(services, call, asked, query)
    return await services.searching.page(
        decision,
        await within_record(services, decision, _in_compartment(call, query)),
        after=asked.after,
        render=lambda page: _answer(services, call, asked, query, page, names_person=names_person),
    )


async def _decide(
    services: Services, call: Call, query: SearchQuery, *, masked: str
) -> tuple[AccessDecision | None, bool]:
    """Return the decision, None where the search names one resource of which nothing may be told, and whether it names a person.

    What an Encounter's compartment holds is about a person whom the reader has read it of.
    """
    of_type = query.types[0] if len(query.types) == 1 else None
    if call.target.member and call.target.type in OF_ONE_PERSON and call.principal.kind is not PrincipalKind.SYSTEM:
        return await decide_on_compartment(services, call, of_type=of_type, query=masked), True
    about = await _about(services, call, query)
    named = named_entry(query)
    if named is not None and about == NOBODY and call.principal.kind is not PrincipalKind.SYSTEM:
        return await decide_on_entry(services, call, named, query=masked), False
    request = call.request(Interaction.SEARCH, about, type=of_type, query=masked)
    return await services.gate.decide(call.principal, request), about != NOBODY


def _found_nothing(services: Services, call: Call, asked: Asked, query: SearchQuery) -> Told:
    """Answer as a search that finds nothing. Hazard: an id that nobody has told from one whose entry may not be seen."""
    counted = query.summary is Summary.COUNT or query.count == 0 or query.total in {Total.ACCURATE, Total.ESTIMATE}
    page = SearchPage(total=0 if counted else None, policy_epoch=0, person_epoch=None)
    answer = _answer(services, call, asked, query, page, names_person=False)
    return Told(status=answer.status, headers=answer.headers, body=answer.body)


async def _trace(services: Services, call: Call, asked: Asked, query: SearchQuery) -> Reply:
    services.traces.count(call.principal)
    request = call.request(Interaction.TRACE, None, type=None, query=services.mask.mask(asked.pairs))
    decision = await services.gate.decide(call.principal, request)
    link = self_link(services, call, render(query, typed=True))
    told = withheld_entries(services, call, query.types)
    return await services.searching.page(
        decision, query, render=lambda page: trace_answer(page, base=services.base, link=link, told=told)
    )


def _query(services: Services, call: Call, pairs: tuple[Pair, ...]) -> SearchQuery:
    # The parser passes over `_page`, which other servers use; here it means nothing, and nothing is passed over.
    refuse_unknown([pair for pair in pairs if pair[0] == "_page"])
    member = call.target.member or call.target.type
    query = parse_query(
        None if member in {"", "*"} else member, pairs, now=services.clock.now(), bases=(services.base,)
    )
    if query.summary is not None and query.elements:
        raise invalid("_elements", "it cannot be combined with _summary")
    if call.target.member:
        refuse_foreign_types(call.target.type, query)
    return query


async def _about(services: Services, call: Call, query: SearchQuery) -> About:
    if call.target.member and call.target.type == "Patient":
        return await named_person(services, call.target.id)
    if call.principal.kind is PrincipalKind.SYSTEM:
        # It sees its own contributions whomever they are about, those that name several persons too.
        return NOBODY
    return await person_of_query(services, query)


def _in_compartment(call: Call, query: SearchQuery) -> SearchQuery:
    """Return the query with what its compartment asks; that of a Patient is the person's record, which the decision says."""
    if not call.target.member or call.target.type == "Patient":
        return query
    criterion = compartment_criterion(call.target.type, call.target.id, query)
    types = tuple(dict.fromkeys(each.type for each in criterion.parameters))
    return replace(query, types=types, criteria=(*query.criteria, criterion))


def _answered_types(query: SearchQuery) -> tuple[str, ...]:
    """Return the types that an answer may hold, those that are included among them; empty for all."""
    if not query.types:
        return ()
    forward = {
        target
        for include in query.includes
        for each in include.parameters
        for target in ((include.target,) if include.target else each.targets)
    }
    reverse = {each.type for include in query.reverse_includes for each in include.parameters}
    return (*query.types, *sorted((forward | reverse) - set(query.types)))


def _answer(
    services: Services, call: Call, asked: Asked, query: SearchQuery, page: SearchPage, *, names_person: bool
) -> Answer:
    subset = Subset(summary=query.summary, elements=query.elements)
    base = services.base
    entries = [result_entry(f"{base}/{each.type}/{each.id}", subset.of(each.body)) for each in page.matches]
    entries += [
        result_entry(f"{base}/{each.type}/{each.id}", subset.of(each.body), mode=INCLUDE) for each in page.included
    ]
    if page.cut:
        entries.append(b'{"resource":' + write_json(operation_outcome([_CUT])) + OUTCOME)
    noticed = is_told(page, names_person=names_person)
    entries += marker_entries(noticed=noticed)
    entries += withheld_entries(services, call, _answered_types(query))
    entries += beyond_scopes(call, query)
    entries += filed_elsewhere(call, query)
    typed = bool(call.target.type) and call.target.member != "*"
    served = query if query.count is None else replace(query, count=min(query.count, MOST_COUNT))
    links = [self_link(services, call, render(served, typed=typed), after=asked.after)]
    if page.after is not None:
        links.append(next_link(services, call, asked.pairs, page.after))
    counted = query.summary is Summary.COUNT
    body = bundle(
        "searchset", [] if counted else entries, links=links, total=page.total, meta=bundle_meta(noticed=noticed)
    )
    return Answer(status=200, body=body)
