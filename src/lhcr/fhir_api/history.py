"""The interaction history: of one resource, a type or the whole area, newest first, in pages (FHIR R4 http 3.1.0.9)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from lhcr.access.request import Interaction
from lhcr.audit.answer import Answer
from lhcr.fhir.stored_body import instant
from lhcr.fhir_api.bundle import bundle, entry
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.page_links import Asked, next_link, open_page, self_link, with_count
from lhcr.fhir_api.parameters import Pair, count_of, instant_of, refuse_unknown
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.whom import decide_on_id
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Method
from lhcr.record.history import HistoryPage, Place, Slice
from lhcr.record.stored import Stored

KNOWN: Final = frozenset({"_since", "_count"})
_USUAL: Final = 50
_MOST: Final = 1_000


async def instance_history(services: Services, call: Call) -> Reply:
    asked = open_page(services, call)
    part = _slice(asked)
    decision, person_id = await decide_on_id(services, call, Interaction.HISTORY)
    return await services.record.history.instance(
        decision,
        type=call.type,
        id=call.target.id,
        person_id=person_id,
        part=part,
        render=lambda page: _answer(services, call, asked, page),
    )


async def type_history(services: Services, call: Call) -> Reply:
    return await _types(services, call, types=(call.type,))


async def system_history(services: Services, call: Call) -> Reply:
    return await _types(services, call, types=None)


async def _types(services: Services, call: Call, *, types: Sequence[str] | None) -> Reply:
    asked = open_page(services, call)
    part = _slice(asked)
    one = types[0] if types else None
    decision = await services.gate.decide(call.principal, call.request(Interaction.HISTORY, None, type=one))
    return await services.record.history.types(
        decision, types=types, part=part, render=lambda page: _answer(services, call, asked, page)
    )


def _slice(asked: Asked) -> Slice:
    refuse_unknown(asked.pairs, known=KNOWN)
    return Slice(
        since=instant_of(asked.pairs, "_since"),
        after=_place(asked.after),
        count=count_of(asked.pairs, usual=_USUAL, most=_MOST),
    )


def _place(after: Sequence[Any] | None) -> Place | None:
    if after is None:
        return None
    moment, rid, version = after
    return datetime.fromisoformat(moment), rid, version


def _answer(services: Services, call: Call, asked: Asked, page: HistoryPage) -> Answer:
    served = with_count(asked.pairs, count_of(asked.pairs, usual=_USUAL, most=_MOST))
    links: list[Pair] = [self_link(services, call, served, after=asked.after)]
    if page.after is not None:
        moment, rid, version = page.after
        links.append(next_link(services, call, asked.pairs, [moment.isoformat(), rid, version]))
    entries = [_entry(services.base, version) for version in page.versions]
    return Answer(status=200, body=bundle("history", entries, links=links))


def _entry(base: str, version: Stored) -> bytes:
    """Return a version with the request that made it; the entry of a deletion has no resource."""
    method = Method(version.method)
    named = f"{version.type}/{version.id}"
    fields: JsonObject = {
        "fullUrl": f"{base}/{named}",
        "request": {"method": method.name, "url": version.type if method is Method.POST else named},
        "response": {
            "status": _status(method, version),
            "etag": f'W/"{version.version}"',
            "lastModified": instant(version.last_updated),
        },
    }
    return entry(fields, resource=version.body)


def _status(method: Method, version: Stored) -> str:
    if method is Method.DELETE:
        return "204"
    return "201" if version.version == 1 else "200"
