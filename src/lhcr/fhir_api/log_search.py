"""The area's own log as AuditEvents, for an office: read and search of what the users of its own organisation did.

An AuditEvent that somebody sends is an ordinary entry of the record, foreign to the log, and is read and searched like any other by
whoever may. Which of the two an asker is shown follows from who asks: an office reads no record, and nobody else reads the log, so
that neither can be taken for the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lhcr.access.decision import AccessDecision
from lhcr.access.log_reach import disclosures, log_reach
from lhcr.access.request import NOBODY, About, Interaction
from lhcr.audit.answer import Answer
from lhcr.audit.audit_event import audit_event
from lhcr.audit.entry import Entry, Outcome, PendingEntry
from lhcr.audit.reader import FoundEntries, Position, StoredEntry
from lhcr.fhir.json_document import write_json
from lhcr.fhir_api.alert_people import numbers_of
from lhcr.fhir_api.bundle import bundle, result_entry
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.log_parameters import LogSearch, read_log_search
from lhcr.fhir_api.named_person import named_person, person_of_number
from lhcr.fhir_api.national_alert import entry_of_alert, national_alert, raised_alert
from lhcr.fhir_api.page_links import Asked, next_link, open_page, self_link
from lhcr.fhir_api.parameters import Pair, refuse_unknown
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import NotFound
from lhcr.kernel.json_types import JsonObject
from lhcr.record.existing import absent

TYPE: Final = "AuditEvent"


def asks_the_log(call: Call) -> bool:
    return call.target.type == TYPE and not call.target.member and call.principal.kind is PrincipalKind.OFFICE


async def read_log(services: Services, call: Call) -> Reply:
    """Read one entry. What another organisation's users did is not found, like what never was."""
    refuse_unknown(call.pairs)
    decision = await _decide(services, call, NOBODY, query="")
    of_alert = entry_of_alert(call.target.id)
    found = await services.reader.one(of_alert or call.target.id)
    entry = found.entry if found else None
    told: list[Told] = []
    if found is not None and entry is not None and log_reach(decision).holds(entry):
        told = await _told(services, call, [(found, entry)], alerts=of_alert is not None)
    if entry is None or not told:
        await services.log.append([_entry(services, decision, outcome=Outcome.FAILED)])
        raise NotFound([absent(TYPE)])
    answer = Answer(status=200, headers=(("etag", 'W/"1"'),), body=(write_json(told[0].event),))
    return await services.log.release([_entry(services, decision, person_id=entry.person)], answer)


async def search_log(services: Services, call: Call, pairs: tuple[Pair, ...]) -> Reply:
    """Search, the newest first. Everybody whom a page is about is told, in their own log, that the office looked."""
    asked = open_page(services, call, pairs)
    search = read_log_search(asked.pairs, now=services.clock.now())
    about = await _about(services, search)
    decision = await _decide(services, call, about, query=services.mask.mask(asked.pairs))
    found = await _found(services, decision, search, asked)
    links = [self_link(services, call, asked.pairs, after=asked.after)]
    if found.older is not None:
        links.append(next_link(services, call, asked.pairs, _place(found.older)))
    standing = [(each, each.entry) for each in found.entries if each.entry]
    told = await _told(services, call, standing, alerts=search.alerts)
    entries = [result_entry(f"{services.base}/{TYPE}/{each.event['id']}", write_json(each.event)) for each in told]
    answer = Answer(status=200, body=bundle("searchset", entries, links=links))
    disclosed = disclosures(decision, [each.entry for each in told], now=services.clock.now())
    return await services.log.release([_entry(services, decision), *disclosed], answer)


async def _decide(services: Services, call: Call, about: About, *, query: str) -> AccessDecision:
    request = call.request(Interaction.AUDIT_READ, about, type=TYPE, query=query)
    return await services.gate.decide(call.principal, request)


async def _about(services: Services, search: LogSearch) -> About:
    if search.number is not None:
        return await person_of_number(services, search.number)
    return NOBODY if search.patient is None else await named_person(services, search.patient)


async def _found(services: Services, decision: AccessDecision, search: LogSearch, asked: Asked) -> FoundEntries:
    before = None if asked.after is None else _position(asked.after)
    query = log_reach(decision).narrowed(search.query)
    if query is None:
        return FoundEntries(entries=(), older=None)
    if search.event is None:
        return await services.reader.search(query, before=before, most=search.count)
    one = await services.reader.one(search.event)
    fits = one is not None and one.entry is not None and query.since <= one.recorded < query.until
    return FoundEntries(entries=(one,) if one and one.entry and fits and query.fits(one.entry) else (), older=None)


def _entry(
    services: Services, decision: AccessDecision, *, outcome: Outcome = Outcome.SUCCESS, person_id: int | None = None
) -> PendingEntry:
    query = decision.request.query
    return decision.entry.complete(recorded=services.clock.now(), outcome=outcome, query=query, person_id=person_id)


@dataclass(frozen=True, slots=True)
class Told:
    """An entry and the AuditEvent as which it is told: its own, or that of the alert that it raised."""

    entry: Entry
    event: JsonObject


async def _told(
    services: Services, call: Call, standing: Sequence[tuple[StoredEntry, Entry]], *, alerts: bool
) -> list[Told]:
    """The same at an entry's own address as in every search: the Patient is named where the entry itself names one."""
    if not alerts:
        return [Told(entry, audit_event(entry, event_id=found.event_id)) for found, entry in standing]
    raised = [(found, entry, alert) for found, entry in standing if (alert := raised_alert(entry))]
    numbers = await numbers_of(services, call, {entry.person for _, entry, _ in raised if entry.person is not None})
    return [
        Told(entry, national_alert(entry, alert, event_id=found.event_id, number=numbers.get(entry.person or 0, "")))
        for found, entry, alert in raised
    ]


def _place(position: Position) -> tuple[str, int, int]:
    return position.recorded.isoformat(), position.writer_id, position.seq


def _position(place: Sequence[Any]) -> Position:
    """A cursor is sealed: nobody but this server made it."""
    recorded, writer_id, seq = place
    return Position(recorded=datetime.fromisoformat(recorded), writer_id=writer_id, seq=seq)
