"""Orders that two persons are one, from the command line: whoever can reach the database gives them as the privacy office, in the log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lhcr.access.decision import AccessDecision
from lhcr.cli.ordering import decide, read_reference
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.settings import Settings
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.parts import Parts, running_parts
from lhcr.record.merge_pair import Pair
from lhcr.record.merge_reason import GivenMerge

#: What the log says was asked for, where somebody was named by a number, which does not belong there.
_BY_NUMBER = "Patient?identifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPair:
    """A merge that may be ordered: the parts of a worker to do it with, and both permits."""

    parts: Parts
    pair: Pair


@asynccontextmanager
async def pairing(dsn: str, merged: str, survivor: str) -> AsyncIterator[GivenPair]:
    """Lend what two persons are made one with, each named as `Patient/id` or by an NHS number.

    Raises Incorrect for what is neither, Refused, and NotFound where nobody is meant: each is in the log.
    """
    asked = [_read_person(each) for each in (merged, survivor)]
    async with running_parts(Settings(), dsn, clock=SystemClock()) as parts:
        decisions = []
        for each in asked:
            person = await _whose(parts, each)
            told = _BY_NUMBER if isinstance(each, NhsNumber) else f"Patient/{each}"
            decision = await decide(parts, "Patient", person, asked=told)
            if person is None:
                raise await parts.record.orders.about_nobody(decision)
            decisions.append(decision)
        yield GivenPair(parts=parts, pair=Pair(*decisions))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUndoing:
    """A merge that may be undone: the parts of a worker to do it with, and the permit for an order about its survivor."""

    parts: Parts
    merge: GivenMerge
    decision: AccessDecision


@asynccontextmanager
async def undoing(dsn: str, merge_id: str) -> AsyncIterator[GivenUndoing]:
    """Lend what a merge is undone with. Raises NotFound, Conflict and Refused as `Unmerging.given` and the gate do."""
    async with running_parts(Settings(), dsn, clock=SystemClock()) as parts:
        merge = await parts.record.unmerging.given(merge_id)
        decision = await decide(parts, None, merge.survivor_id, asked=merge_id)
        yield GivenUndoing(parts=parts, merge=merge, decision=decision)


async def _whose(parts: Parts, asked: str | NhsNumber) -> int | None:
    if isinstance(asked, NhsNumber):
        return await parts.record.whose_number(asked)
    return await parts.record.whose(type="Patient", id=asked)


def _read_person(text: str) -> str | NhsNumber:
    """Return an NHS number, or the id of `Patient/id`. Raises Incorrect."""
    if "/" not in text:
        return NhsNumber.parse(text)
    type_, id_ = read_reference(text)
    if type_ != "Patient":
        words = "Name a person by an NHS number or by the id of a Patient, such as Patient/4f0c2a."
        raise Incorrect([Issue(code="value", error="person-unreadable", diagnostics=words)])
    return id_
