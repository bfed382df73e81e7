"""Orders from the command line: whoever can reach the database gives them as the privacy office, under a name that is logged.

The office has no page for orders yet, and each is one decision, on one authority, that is said in words.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from lhcr.access.decision import AccessDecision
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.cli.oversight import command_principal
from lhcr.fhir.search.catalogue import type_ids
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.settings import Settings
from lhcr.nhs.roles import Activity
from lhcr.parts import Parts, running_parts
from lhcr.record.entry_order import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An order that may be given: the parts of a worker to give it with, the permit and what it is about."""

    parts: Parts
    decision: AccessDecision
    selection: Selection


@asynccontextmanager
async def ordering(dsn: str, reference: str, *, source: str = "") -> AsyncIterator[Given]:
    """Lend what an order about an entry is given with, or about all that a source contributed about a person.

    Raises Incorrect for what is no `Type/id`, Refused, and NotFound where nobody has the id: each is in the log.
    """
    type_, id_ = read_reference(reference)
    async with running_parts(Settings(), dsn, clock=SystemClock()) as parts:
        person = await parts.record.whose(type=type_, id=id_)
        decision = await decide(parts, type_, person, asked=f"{reference} of {source}" if source else reference)
        if person is None:
            raise await parts.record.orders.about_nobody(decision)
        about = (
            Selection(person_id=person, source=source) if source else Selection(person_id=person, type=type_, id=id_)
        )
        yield Given(parts=parts, decision=decision, selection=about)


async def decide(parts: Parts, type_: str | None, person: int | None, *, asked: str) -> AccessDecision:
    """Return the permit for one order about a person. It is asked anew, so that each order has a reference of its own."""
    named = UNKNOWN if person is None else person
    request = Request(interaction=Interaction.ORDER, type=type_, person=named, asked=asked)
    office = command_principal(parts.clock)
    asker = replace(office, activities=office.activities | {Activity.LEGAL_ACCESS})
    return await parts.gate.decide(asker, request, anew=True)


def read_reference(reference: str) -> tuple[str, str]:
    """Return type and id of `Type/id`. Raises Incorrect (`reference-unreadable`)."""
    type_, _, id_ = reference.partition("/")
    if type_ not in type_ids() or not id_ or "/" in id_:
        diagnostics = "Name an entry by its type and id, such as Observation/4f0c2a."
        raise Incorrect([Issue(code="value", error="reference-unreadable", diagnostics=diagnostics)])
    return type_, id_
