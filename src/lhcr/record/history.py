"""History: the versions of one resource, of a type, or of all, newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

import asyncpg

from lhcr.access.decision import AccessDecision
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Item, Outcome, PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.audit.released import Released
from lhcr.fhir.search.catalogue import type_id, type_ids, type_name
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import NotFound
from lhcr.record.current import Current, Rows
from lhcr.record.existing import absent
from lhcr.record.masking import served_of
from lhcr.record.patient_read import patient_versions
from lhcr.record.persons import DIRECTORY
from lhcr.record.places import served_versions
from lhcr.record.quotes_in_sight import QuotesInSight
from lhcr.record.reach import persons_to_be_named
from lhcr.record.reading import PATIENT, contributions_of
from lhcr.record.sql import HISTORY, READS
from lhcr.record.stored import Stored
from lhcr.store.database import Pool
from lhcr.store.search.horizon import read_horizon

Place: TypeAlias = tuple[datetime, int, int]
"""A place in a history: last_updated, rid and version of its last entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Versions, newest first; `after` is where the next page goes on, None on the last."""

    versions: Sequence[Stored]
    after: Place | None
    #: Whose each version is, where the history is about nobody in particular: 0 or less for the directory and the shelf.
    persons: Sequence[int] = ()


Render: TypeAlias = Callable[[HistoryPage], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of a history: changes since an instant, after a place, at most `count`."""

    since: datetime | None
    after: Place | None
    count: int


class History:
    def __init__(self, *, pool: Pool, log: AuditLog, clock: Clock, current: Current, quotes: QuotesInSight) -> None:
        self._quotes = quotes
        self._pool = pool
        self._log = log
        self._clock = clock
        self._current = current

    async def instance(
        self, decision: AccessDecision, *, type: str, id: str, person_id: int | None, part: Slice, render: Render
    ) -> Released:
        """Release versions of one resource. Raises NotFound where it is absent or hidden; a deleted one has a history."""
        if person_id is None:
            await self._log.append([self._entry(decision, (), outcome=Outcome.FAILED)])
            raise NotFound([absent(type)])
        if type == "Patient":
            return await self._patient(decision, id=id, person_id=person_id, part=part, render=render)
        # No horizon: each writer of a resource waits for the one before, and a later version has a later time. So nothing
        # older than what is seen here can appear, and what a read shows has a history while others write.
        decision, rows = await self._current.rows(decision, lambda now: self._instance(now, type, id, person_id, part))
        page = _page(rows, part)
        # Hazard: sensitive item exposed. A part without versions tells that there are others.
        if not rows[0]["is_seen"]:
            await self._log.append([self._entry(decision, (), outcome=Outcome.FAILED)])
            raise NotFound([absent(type)])
        page = await self._served(decision, page)
        return await self._log.release([self._entry(decision, page.versions, person_id=person_id)], render(page))

    async def types(
        self, decision: AccessDecision, *, types: Sequence[str] | None, part: Slice, render: Render
    ) -> Released:
        """Release versions of resources of some types, all where None; Patients as their sources contributed them."""
        names = tuple(type_ids()) if types is None else tuple(types)
        horizon = await self._horizon()
        directory = [type_id(name) for name in names if home(name).kind is HomeKind.DIRECTORY]
        elsewhere = [type_id(name) for name in names if home(name).kind is not HomeKind.DIRECTORY]
        decision, first = await self._current.rows(
            decision, lambda now: self._types(now, directory, horizon, part, directory=True)
        )
        decision, second = await self._current.rows(
            decision, lambda now: self._types(now, elsewhere, horizon, part, directory=False)
        )
        merged = sorted((row for row in (*first, *second) if row["type"] is not None), key=_place, reverse=True)
        page = await self._served(decision, _page(merged, part))
        return await self._log.release(self._disclosures(decision, page), render(page))

    async def _patient(
        self, decision: AccessDecision, *, id: str, person_id: int, part: Slice, render: Render
    ) -> Released:
        # No horizon, as above: each writer of a Patient waits for the person.
        decision, rows = await self._current.rows(decision, lambda now: self._patient_rows(now, person_id))
        versions = patient_versions(contributions_of(rows), id=id)
        if not versions:
            await self._log.append([self._entry(decision, (), outcome=Outcome.FAILED)])
            raise NotFound([absent("Patient")])
        wanted = [
            version
            for version in reversed(versions)
            if (part.since is None or version.last_updated >= part.since)
            and (part.after is None or version.version < part.after[2])
        ]
        shown = wanted[: part.count]
        more = len(wanted) > len(shown) > 0
        after = (shown[-1].last_updated, 0, shown[-1].version) if more else None
        page = _served(decision, HistoryPage(versions=shown, after=after))
        return await self._log.release([self._entry(decision, shown, person_id=person_id)], render(page))

    async def _served(self, decision: AccessDecision, page: HistoryPage) -> HistoryPage:
        versions = await self._quotes.stored(self._pool, decision.visibility, page.versions, page.persons)
        return _served(decision, replace(page, versions=versions))

    async def _horizon(self) -> datetime:
        async with self._pool.acquire() as connection:
            return await read_horizon(connection)

    async def _patient_rows(self, decision: AccessDecision, person_id: int) -> Rows:
        mask = decision.visibility.mask_for(person_id)
        rows: Rows = await self._pool.fetch(READS["patient_versions"], person_id, PATIENT, mask)
        return rows

    async def _instance(self, decision: AccessDecision, type: str, id: str, person_id: int, part: Slice) -> Rows:
        seen = decision.visibility
        statement = _of("instance", directory=person_id == DIRECTORY)
        rows: Rows = await self._pool.fetch(
            statement,
            person_id,
            type_id(type),
            id,
            seen.mask_for(person_id) if person_id > 0 else seen.mask,
            persons_to_be_named(decision),
            part.since,
            *_after(part),
            part.count + 1,
        )
        return rows

    async def _types(
        self, decision: AccessDecision, types: Sequence[int], horizon: datetime, part: Slice, *, directory: bool
    ) -> Rows:
        seen = decision.visibility
        persons = None if directory else seen.persons
        rows: Rows = await self._pool.fetch(
            _of("types", directory=directory),
            types,
            seen.mask,
            persons,
            horizon,
            part.since,
            *_after(part),
            part.count + 1,
        )
        return rows

    def _entry(
        self,
        decision: AccessDecision,
        versions: Sequence[Stored],
        *,
        person_id: int | None = None,
        outcome: Outcome = Outcome.SUCCESS,
    ) -> PendingEntry:
        about = person_id if person_id is not None and person_id > 0 else None
        return decision.entry.complete(
            recorded=self._clock.now(), outcome=outcome, items=_items(versions), person_id=about
        )

    def _disclosures(self, decision: AccessDecision, page: HistoryPage) -> list[PendingEntry]:
        """Return one entry for the query and one for each person whom a page about nobody in particular discloses.

        Hazard: a person whose record was looked at is not told so.
        """
        shown: dict[int, list[Stored]] = {}
        for person_id, version in zip(page.persons, page.versions, strict=True):
            shown.setdefault(max(person_id, 0), []).append(version)
        query = self._entry(decision, shown.pop(0, []))
        at = self._clock.now()
        return [
            query,
            *(decision.entry.disclosure(about, recorded=at, items=_items(of)) for about, of in shown.items()),
        ]


def _items(versions: Sequence[Stored]) -> list[Item]:
    return [Item(each.type, each.id, each.version) for each in versions]


def _of(statement: str, *, directory: bool) -> str:
    prefix = "directory_" if directory else ""
    return (
        HISTORY[statement]
        .replace("{resource}", f"{prefix}resource")
        .replace("{resource_history}", f"{prefix}resource_history")
    )


def _after(part: Slice) -> tuple[datetime | None, int | None, int | None]:
    return part.after or (None, None, None)


def _place(row: asyncpg.Record) -> Place:
    return row["last_updated"], row["rid"], row["version"]


def _served(decision: AccessDecision, page: HistoryPage) -> HistoryPage:
    return replace(page, versions=served_versions(decision, page.versions))


def _page(rows: Rows, part: Slice) -> HistoryPage:
    found = [row for row in rows if row["type"] is not None]
    shown = found[: part.count]
    versions = [
        Stored(
            type=type_name(row["type"]),
            id=row["id"],
            version=row["version"],
            last_updated=row["last_updated"],
            method=row["method"],
            body=served_of(row),
        )
        for row in shown
    ]
    persons = [row["person_id"] for row in shown]
    after = _place(shown[-1]) if len(found) > len(shown) > 0 else None
    return HistoryPage(versions=versions, after=after, persons=persons)
