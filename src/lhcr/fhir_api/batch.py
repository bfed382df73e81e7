"""The interaction batch: entries that are answered one by one, each with its own decision (FHIR R4 http 3.1.0.11.1)."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from lhcr.access.moved import PersonMoved
from lhcr.fhir.json_document import read_json
from lhcr.fhir_api.bundle import bundle, entry
from lhcr.fhir_api.bundle_entry import entry_place, located, read_entry
from lhcr.fhir_api.bundle_limits import AnswerBudget
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.interactions import entry_handler
from lhcr.fhir_api.reply import Collected, Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.told import refusal
from lhcr.kernel.json_types import JsonObject


async def batch(services: Services, call: Call, entries: Sequence[Any]) -> Reply:
    budget = AnswerBudget()
    replies = []
    for index, raw in enumerate(entries):
        replies.append(budget.count(await _reply(services, call, raw, index, budget)))
        await asyncio.sleep(0)  # An entry that is refused waits for nothing, and others must have their turn.
    body = bundle("batch-response", [response_entry(reply) for reply in replies])
    return Collected(parts=tuple(replies), body=body)


async def _reply(services: Services, call: Call, raw: Any, index: int, budget: AnswerBudget) -> Reply:
    try:
        asked = read_entry(raw, index, base=services.base)
        handler = entry_handler(asked.method, asked.target)
        budget.require_room()
        try:
            return await handler(services, asked.call(call))
        except PersonMoved:
            # A resource that was to be written may not be as it came any more; whoever reads is answered once more.
            if asked.method != "GET":
                raise
        return await handler(services, asked.call(call))
    except Exception as error:  # noqa: BLE001 - what fails in one entry leaves the others as they are.
        told = services.failures.as_error(error, request_id=call.request_id, route="batch")
        return refusal(budget.told(located(told, entry_place(index))))


def response_entry(reply: Reply) -> bytes:
    """Return the entry that says how a request was answered: what was found as its resource, what failed as its outcome."""
    headers = dict(reply.headers)
    response: JsonObject = {"status": status_line(reply.status)}
    for name, field in (("location", "location"), ("etag", "etag"), ("last-modified", "lastModified")):
        if name in headers:
            response[field] = headers[name]
    body = b"".join(reply.body)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return entry({"response": response | {"outcome": read_json(body)}}, resource=None)
    return entry({"response": response}, resource=body or None)


def status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"
