"""Reading by id: a current or past version of one resource."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import asyncpg

from lhcr.access.decision import AccessDecision
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Item, Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.released import Released
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import NotFound
from lhcr.record.current import Current, Rows
from lhcr.record.existing import absent, gone
from lhcr.record.golden import Contribution
from lhcr.record.masking import served_of
from lhcr.record.merge_reason import MergeReason
from lhcr.record.narrowed import within_category
from lhcr.record.patient_read import patient_versions, stored_patient
from lhcr.record.persons import DIRECTORY
from lhcr.record.places import served
from lhcr.record.quotes_in_sight import QuotesInSight
from lhcr.record.reach import persons_to_be_named
from lhcr.record.sql import READS
from lhcr.record.stored import Stored
from lhcr.store.database import Pool

Render: TypeAlias = Callable[[Stored], Answer]
PATIENT = type_id("Patient")


class Reading:
    def __init__(self, *, pool: Pool, log: AuditLog, clock: Clock, current: Current, quotes: QuotesInSight) -> None:
        self._quotes = quotes
        self._pool = pool
        self._log = log
        self._clock = clock
        self._current = current

    async def read(
        self,
        decision: AccessDecision,
        *,
        type: str,
        id: str,
        person_id: int | None,
        render: Render,
    ) -> Released:
        """Release the current version of a resource at home with `person_id` (see `Record.whose`; None: nobody has the id).

        Raises NotFound: 404 for what is absent or hidden, alike, 410 for what was deleted. Both are in the log.
        """
        return await self._release(decision, type=type, id=id, person_id=person_id, version=None, render=render)

    async def vread(
        self,
        decision: AccessDecision,
        *,
        type: str,
        id: str,
        version: int,
        person_id: int | None,
        render: Render,
    ) -> Released:
        """Release one version of a resource; as `read`."""
        return await self._release(decision, type=type, id=id, person_id=person_id, version=version, render=render)

    async def require(self, decision: AccessDecision, *, type: str, id: str, person_id: int | None) -> AccessDecision:
        """Return the decision as it stands where a resource can be read under it; raises NotFound as `read` does.

        For what is asked about the resource without showing it, such as what its compartment holds.
        """
        decision, stored = await self._stored(decision, type=type, id=id, person_id=person_id, version=None)
        if stored is None or stored.body is None:
            raise await self._not_found(decision, stored, type=type, person_id=person_id)
        return decision

    async def _release(
        self,
        decision: AccessDecision,
        *,
        type: str,
        id: str,
        person_id: int | None,
        version: int | None,
        render: Render,
    ) -> Released:
        decision, stored = await self._stored(decision, type=type, id=id, person_id=person_id, version=version)
        if stored is None or stored.body is None:
            raise await self._not_found(decision, stored, type=type, person_id=person_id)
        entry = decision.entry.complete(
            recorded=self._clock.now(),
            outcome=Outcome.SUCCESS,
            items=[Item(type=type, id=id, version=stored.version)],
            person_id=_somebody(person_id),
        )
        return await self._log.release([entry], render(stored))

    async def _stored(
        self, decision: AccessDecision, *, type: str, id: str, person_id: int | None, version: int | None
    ) -> tuple[AccessDecision, Stored | None]:
        if person_id is None:
            return decision, None
        decision, stored = await self.find(decision, type=type, id=id, person_id=person_id, version=version)
        return decision, within_category(decision, stored)

    async def _not_found(
        self, decision: AccessDecision, stored: Stored | None, *, type: str, person_id: int | None
    ) -> NotFound:
        """Log what was not found, and return what says so."""
        recorded = self._clock.now()
        entry = decision.entry.complete(recorded=recorded, outcome=Outcome.FAILED, person_id=_somebody(person_id))
        await self._log.append([entry])
        return NotFound([absent(type)]) if stored is None else NotFound([gone(type)], status=410)

    async def find(
        self,
        decision: AccessDecision,
        *,
        type: str,
        id: str,
        person_id: int,
        version: int | None = None,
    ) -> tuple[AccessDecision, Stored | None]:
        """Return a version that the decision lets be seen, and the decision that stood when it was read.

        For `record` alone: what is returned is not yet in the log.
        """
        persons = decision.visibility.persons
        if person_id > 0 and persons is not None and person_id not in persons:
            return decision, None
        if type == "Patient":
            statement = "contributions" if version is None else "patient_versions"
            decision, rows = await self._current.rows(decision, lambda now: self._patient(now, statement, person_id))
            return decision, served(decision, _patient(contributions_of(rows), id=id, version=version))
        decision, rows = await self._current.rows(
            decision, lambda now: self._versions(now, type_id(type), id, person_id, version)
        )
        if (stored := _stored(rows[0], type=type, id=id)) is not None:
            (stored,) = await self._quotes.stored(self._pool, decision.visibility, [stored], [person_id])
        return decision, served(decision, stored)

    async def _patient(self, decision: AccessDecision, statement: str, person_id: int) -> Rows:
        rows: Rows = await self._pool.fetch(READS[statement], person_id, PATIENT, decision.visibility.mask)
        return rows

    async def _versions(
        self,
        decision: AccessDecision,
        number: int,
        id: str,
        person_id: int,
        version: int | None,
    ) -> Rows:
        """Return the row of the version: the current one, or a past one where the current has another number."""
        seen = decision.visibility
        directory = person_id == DIRECTORY
        who = () if directory else (persons_to_be_named(decision),)
        read = READS["read_directory" if directory else "read"]
        rows: Rows = await self._pool.fetch(read, person_id, number, id, seen.mask, *who)
        if version is None or rows[0]["version"] in {None, version}:
            return rows
        past = READS["past_directory_version" if directory else "past_version"]
        older: Rows = await self._pool.fetch(past, person_id, number, id, seen.mask, *who, version)
        return older


def _somebody(person_id: int | None) -> int | None:
    return person_id if person_id is not None and person_id > 0 else None


def _stored(row: asyncpg.Record, *, type: str, id: str) -> Stored | None:
    if row["version"] is None:
        return None
    return Stored(
        type=type,
        id=id,
        version=row["version"],
        last_updated=row["last_updated"],
        method=row["method"],
        body=served_of(row),
    )


def _patient(contributions: Sequence[Contribution], *, id: str, version: int | None) -> Stored | None:
    if version is None:
        return stored_patient(contributions, id=id)
    return next((each for each in patient_versions(contributions, id=id) if each.version == version), None)


def contributions_of(rows: Rows) -> list[Contribution]:
    return [
        Contribution(
            id=row["id"],
            rid=row["rid"],
            version=row["version"],
            last_updated=row["last_updated"],
            source_id=row["class"],
            method=row["method"],
            body=row["body"],
            superseded=row["brought_by"] is not None,
            disowned=MergeReason.WRONG_NUMBER.value in (row["brought_by"] or ()),
        )
        for row in rows
        if row["rid"] is not None
    ]
