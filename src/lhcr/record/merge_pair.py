"""A pair: two persons who are to be one, each with the permit for an order about them, and what tells them apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg

from lhcr.access.decision import AccessDecision
from lhcr.access.facts import restricted_among
from lhcr.audit.entry import Action, Item, Outcome, PendingEntry
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record import merge_reason
from lhcr.record.bringing import MERGE
from lhcr.record.entry_order import LOGGED_KIND, check_permits
from lhcr.record.identity_claim import NATIONAL, claims_that_stand
from lhcr.record.likeness import contradicts
from lhcr.record.merge_reason import MergeReason, Seen
from lhcr.store.database import Connection

_PATIENT: Final = type_id("Patient")


class Pair(NamedTuple):
    """Two persons, each with the permit for an order about them: whose record goes on in the other's, and the other."""

    merged: AccessDecision
    survivor: AccessDecision

    @property
    def persons(self) -> tuple[int, int]:
        """Both. Raises Incorrect where they are one already, TypeError where a decision permits no order about a person."""
        found = [each.request.person for each in self]
        merged, survivor = (each if isinstance(each, int) and each > 0 else 0 for each in found)
        for decision, person_id in zip(self, (merged, survivor), strict=True):
            check_permits(decision, person_id)
        if merged == survivor:
            raise merge_reason.oneself()
        return merged, survivor


class Known(NamedTuple):
    """A person as they are known: their Patients, and the NHS numbers that mean them."""

    person_id: int
    patients: Sequence[asyncpg.Record]
    numbers: Sequence[str]

    @property
    def said(self) -> list[JsonObject]:
        return [read_json(row["body"]) for row in self.patients if row["body"] is not None]

    @property
    def items(self) -> list[Item]:
        return [Item("Patient", row["id"], row["version"]) for row in self.patients]

    def sayings(self, numbers: Iterable[str]) -> Iterator[tuple[int, str]]:
        """Yield which source says which of some numbers to be theirs."""
        wanted = set(numbers)
        for row in self.patients:
            claims = [] if row["body"] is None else claims_that_stand(read_json(row["body"]), source_id=NATIONAL)
            for claim in claims:
                if claim.system == NHS_NUMBER and claim.value in wanted:
                    yield row["source_id"], claim.value


async def known(connection: Connection, person_id: int) -> Known:
    patients = await connection.fetch(MERGE["patients"], person_id, _PATIENT)
    numbers = await connection.fetch(MERGE["numbers"], person_id, NHS_NUMBER)
    return Known(person_id, patients, [row["value"] for row in numbers])


def differ(one: Known, other: Known) -> bool:
    """Whether some Patient of one of them can be none of the other's, by birth date, names and gender."""
    ones, others = one.said, other.said
    return any(contradicts(each, others) for each in ones) or any(contradicts(each, ones) for each in others)


async def is_restricted(connection: Connection, one: Known, other: Known) -> bool:
    return bool(await restricted_among(connection, [one.person_id, other.person_id]))


async def check(connection: Connection, one: Known, other: Known, *, reason: MergeReason, seen: Seen) -> None:
    """Raise Conflict where a merge must not be, or needs to be said to be so all the same. Hazard: wrong person."""
    if reason is MergeReason.PLACEHOLDER and one.numbers:
        raise merge_reason.not_a_placeholder()
    if not seen.differences and differ(one, other):
        raise merge_reason.different()
    if not seen.restriction and await is_restricted(connection, one, other):
        raise merge_reason.restricted()


def entries(
    pair: Pair, both: tuple[Known, Known], *, subtype: str, query: str, at: datetime, action: Action = Action.UPDATE
) -> list[PendingEntry]:
    """Return what the log says of both: each names their own Patients alone, so that neither tells a reader of the other."""
    return [
        replace(decision.entry, kind=LOGGED_KIND, subtype=subtype, action=action).complete(
            recorded=at, outcome=Outcome.SUCCESS, items=person.items, person_id=person.person_id, query=query
        )
        for decision, person in zip(pair, both, strict=True)
    ]
