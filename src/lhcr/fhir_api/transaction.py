"""The interaction transaction: entries that are done all together or not at all (FHIR R4 http 3.1.0.11.2)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from lhcr.audit.answer import Answer
from lhcr.audit.released import Released
from lhcr.fhir.stored_body import instant
from lhcr.fhir.structural_check import MOST_ISSUES
from lhcr.fhir_api.batch import response_entry, status_line
from lhcr.fhir_api.bundle import bundle, entry
from lhcr.fhir_api.bundle_entry import Entry, entry_place, located, read_entry
from lhcr.fhir_api.bundle_limits import AnswerBudget
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.entry_draft import entry_draft
from lhcr.fhir_api.found import read_found
from lhcr.fhir_api.headers import preferred_return
from lhcr.fhir_api.interactions import entry_handler
from lhcr.fhir_api.reply import Collected, Reply
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.shown import ShownChange, shown_change
from lhcr.fhir_api.told import Told, refusal
from lhcr.fhir_api.transaction_decision import decide_on_transaction, leading
from lhcr.fhir_api.version_answer import written_body
from lhcr.kernel.errors import Incorrect, Issue, LhcrError
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft, Method
from lhcr.record.written import Written

#: So many entries are looked at before others have their turn.
_AT_A_TIME: Final = 50
#: FHIR R4 says in which order entries are done: deletes, creates, updates and patches, then reads.
_CREATED: Final = status_line(201)
_FOUND: Final = status_line(200)
_ORDER: Final[Mapping[Method, int]] = {Method.DELETE: 0, Method.POST: 1, Method.PUT: 2, Method.PATCH: 2}


async def transaction(services: Services, call: Call, raw: Sequence[Any]) -> Reply:
    """Write everything in one database transaction, then answer the reads from what now stands.

    Raises LhcrError with the places of the entries to blame: then nothing was written. A read that finds nothing is told so in its
    entry, like in a batch: what was written stands by then.
    """
    entries = await _each(lambda index: read_entry(raw[index], index, base=services.base), range(len(raw)))
    writes = [number for number, each in enumerate(entries) if not each.is_read]
    drafts = dict(zip(writes, await _each(lambda number: entry_draft(services, entries[number]), writes), strict=True))
    _refuse_repeated(entries, drafts)
    for number, draft in drafts.items():
        draft.place = entry_place(number) if draft.method is Method.DELETE else f"{entry_place(number)}.resource"
    await _each(lambda number: entry_handler(entries[number].method, entries[number].target), range(len(entries)))
    answered: dict[int, bytes] = {}
    parts: list[Reply] = []
    budget = AnswerBudget()
    if drafts:
        parts.append(await _write(services, call, drafts, answered))
        if preferred_return(call.headers, usual="minimal") != "minimal":
            shown = {number: draft for number, draft in drafts.items() if draft.found}
            parts += await _show_found(services, call, entries, shown, answered, budget)
    for number, each in enumerate(entries):
        if each.is_read:
            parts.append(budget.count(await _read(services, call, each, budget)))
            answered[number] = response_entry(parts[-1])
    body = bundle("transaction-response", [answered[number] for number in range(len(entries))])
    return Collected(parts=tuple(parts), body=body)


async def _each(read: Callable[[int], Any], numbers: Sequence[int]) -> list[Any]:
    """Do the same for each entry, and tell everything that is wrong with any of them at once, as far as anybody reads."""
    done: list[Any] = []
    issues: list[Issue] = []
    status = 0
    for number in numbers:
        if number % _AT_A_TIME == 0:
            await asyncio.sleep(0)
        try:
            done.append(read(number))
        except LhcrError as error:
            issues.extend(located(error, f"Bundle.entry[{number}]").issues)
            status = status or error.status
        if len(issues) >= MOST_ISSUES:
            break
    if issues:
        raise LhcrError(issues[:MOST_ISSUES], status=status)
    return done


async def _write(services: Services, call: Call, drafts: Mapping[int, Draft], answered: dict[int, bytes]) -> Released:
    numbers = sorted(drafts, key=lambda number: _ORDER[drafts[number].method])
    in_order = [drafts[number] for number in numbers]
    decided = await decide_on_transaction(services, call, in_order)
    shown = [await shown_change(services, call, each, usual="minimal") for each in decided]
    released = await services.record.writing.write(
        leading(decided), in_order, render=lambda written: _answer(services, shown, written), decided=decided
    )
    answered.update(zip(numbers, released.body, strict=True))
    return released


def _answer(services: Services, shown: Sequence[ShownChange], written: Sequence[Written]) -> Answer:
    """Answer with one chunk for each entry, to be put where the entry stood."""
    entries = (_entry(services.base, how.call, how.of(each)) for how, each in zip(shown, written, strict=True))
    return Answer(status=200, body=tuple(entries))


def _entry(base: str, call: Call, written: Written) -> bytes:
    draft = written.draft
    if draft.method is Method.DELETE:
        return entry({"response": {"status": status_line(204)}}, resource=None)
    made = written.created and not draft.found
    response: JsonObject = {
        "status": _CREATED if made else _FOUND,
        "location": f"{base}/{draft.type}/{draft.id}/_history/{written.version}",
        "etag": f'W/"{written.version}"',
    }
    if not draft.found:
        response["lastModified"] = instant(written.at)
    return entry({"response": response}, resource=written_body(written, call.headers, usual="minimal"))


async def _show_found(
    services: Services,
    call: Call,
    entries: Sequence[Entry],
    found: Mapping[int, Draft],
    answered: dict[int, bytes],
    budget: AnswerBudget,
) -> list[Released]:
    """Answer conditional creates that found their resource with it; where it may not be read, it is told where it is alone."""
    parts: list[Released] = []
    for number, draft in found.items():
        with suppress(LhcrError):
            budget.require_room()
            parts.append(await read_found(services, entries[number].call(call), draft, usual="minimal"))
            budget.count(parts[-1])
            answered[number] = response_entry(parts[-1])
    return parts


async def _read(services: Services, call: Call, asked: Entry, budget: AnswerBudget) -> Reply:
    try:
        budget.require_room()
        handler = entry_handler(asked.method, asked.target)
        return await handler(services, asked.call(call))
    except Exception as error:  # noqa: BLE001 - what was written stands, and the caller is told so whatever a read meets.
        shown = services.failures.as_error(error, request_id=call.request_id, route="transaction")
        told: Told = refusal(budget.told(located(shown, asked.place)))
        return told


def _refuse_repeated(entries: Sequence[Entry], drafts: Mapping[int, Draft]) -> None:
    """Raise Incorrect (400) where two entries change one resource, or one name stands for two resources."""
    issues, changed, named = [], set(), set()
    for number, draft in drafts.items():
        if draft.key is not None and draft.key in changed:
            issues.append(_repeated("transaction-repeats-resource", f"{entries[number].place}.request.url"))
        if draft.full_url is not None and draft.full_url in named:
            issues.append(_repeated("transaction-repeats-full-url", f"{entries[number].place}.fullUrl"))
        changed.add(draft.key)
        named.add(draft.full_url)
    if issues:
        raise Incorrect(issues[:MOST_ISSUES])


def _repeated(error: str, place: str) -> Issue:
    return Issue(
        code="duplicate",
        error=error,
        diagnostics="Another entry of the transaction is about the same resource or has the same name.",
        expression=place,
    )
