"""Everything: one person's record, in pages (Patient/$everything)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import TypeAlias

import asyncpg

from lhcr.access.decision import AccessDecision
from lhcr.access.notice import NO_NOTICE, Notice
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.released import Released
from lhcr.fhir.search.catalogue import parameters_of, type_ids, type_name, type_names
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir.search.parameter import Kind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import NotFound
from lhcr.kernel.ids import RouteCipher
from lhcr.record.current import Counters, Current, Rows
from lhcr.record.existing import absent, gone
from lhcr.record.golden import fold
from lhcr.record.in_force import ENDED, lasting_types, status_rows
from lhcr.record.masking import masked
from lhcr.record.patient_read import stored_patient
from lhcr.record.places import served_body
from lhcr.record.quotes_in_sight import QuotesInSight
from lhcr.record.reach import persons_to_be_named
from lhcr.record.reading import PATIENT, contributions_of
from lhcr.record.sql import READS
from lhcr.store.database import Pool
from lhcr.store.search.horizon import read_horizon
from lhcr.store.shelf import shelf_bucket
from lhcr.store.visibility import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What of the record is asked for: changed since, and clinical dates from low to high in microseconds since 1970 UTC."""

    since: datetime | None = None
    low: int | None = None
    high: int | None = None
    types: tuple[str, ...] | None = None


Found: TypeAlias = tuple[str, str, int, bytes, int]
"""One resource of an answer: type, id, version, the stored JSON that is served, and its access class, 0 for a Patient who is
folded from several. Plain, because a record has hundreds.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: `after` is where the next page goes on, None on the last; `left_out` is whether the range of dates kept
    anything out of the record, on this page or another; `contributions` are, where they were asked for, the Patients of which
    the golden one is the fold; `notice` is what its reader is told of what is hidden from them.
    """

    found: Sequence[Found]
    after: tuple[str, str] | None
    left_out: bool = False
    contributions: Sequence[Found] = ()
    notice: Notice = NO_NOTICE


Render: TypeAlias = Callable[[Page], Answer]
#: What a row says of a resource: the first six columns, before the counters. By place, because a record has hundreds of rows.
_RESOURCE = itemgetter(*range(6))
_START = ("", "")
#: Before the type in a place on the shelf, which comes after all that is the person's own. No type begins with it.
_ON_SHELF = "$"
_PAST_EVERY_TYPE = 32_767


class Everything:
    def __init__(self, *, pool: Pool, log: AuditLog, clock: Clock, current: Current, routes: RouteCipher) -> None:
        self._pool = pool
        self._log = log
        self._clock = clock
        self._current = current
        self._routes = routes
        self._quotes = QuotesInSight(routes.person_of)

    async def page(
        self,
        decision: AccessDecision,
        *,
        id: str,
        person_id: int,
        asked: Range,
        after: tuple[str, str] | None,
        count: int,
        render: Render,
        with_contributions: bool = False,
    ) -> Released:
        """Release the next `count` resources of a person's record after (type, id): the golden Patient, then what is about the
        person, then what that refers to on the shelf. `id` may be that of any of the person's Patients.

        Raises NotFound where the id of the Patient is absent, hidden or deleted.
        """
        horizon = await self._horizon() if asked.since is not None else None
        decision, rows = await self._current.rows(
            decision,
            lambda now: self._rows(now, person_id, asked, horizon, after or _START, count),
            counters=_counters,
        )
        uses_shelf, left_out = rows[0]["counters"][2:]
        contributions, found = _found(rows)
        patient: list[Found] = []
        apart: list[Found] = []
        if after is None:
            decision, patient, apart = await self._patient(
                decision, contributions, id=id, person_id=person_id, asked=asked
            )
        shelf: list[Found] = []
        if len(patient) + len(found) <= count and uses_shelf:
            shelf = await self._shelf(decision, person_id, asked, after=after)
        page = _page(patient, found, shelf, count=count)
        told = await self._quotes.found(self._pool, decision.visibility, page.found, person_id=person_id)
        page = replace(page, found=told, contributions=apart if with_contributions else (), left_out=bool(left_out))
        page = _served(decision, page)
        entry = decision.entry.complete(
            recorded=self._clock.now(),
            outcome=Outcome.SUCCESS,
            items=[*page.found, *_not_found_as_well(page)],
            person_id=person_id,
            patient=id,
        )
        return await self._log.release([entry], render(replace(page, notice=decision.notice)))

    async def _patient(
        self,
        decision: AccessDecision,
        contributions: Sequence[Found],
        *,
        id: str,
        person_id: int,
        asked: Range,
    ) -> tuple[AccessDecision, list[Found], list[Found]]:
        """Return the golden Patient: the only contribution as it stands, or the fold of several, which are read with more and
        returned beside it.
        """
        wanted = asked.types is None or "Patient" in asked.types
        if (
            len(contributions) == 1
            and asked.since is None
            and contributions[0][1] == id
            and contributions[0][3] is not None
        ):
            return decision, list(contributions) if wanted else [], []
        decision, rows = await self._current.rows(decision, lambda now: self._contributions(now, person_id))
        golden = fold(every := contributions_of(rows))
        stored = stored_patient(every, id=id)
        if stored is None or stored.body is None:
            await self._log.append([decision.entry.complete(recorded=self._clock.now(), outcome=Outcome.FAILED)])
            raise NotFound([absent("Patient")]) if stored is None else NotFound([gone("Patient")], status=410)
        assert golden is not None
        wanted = wanted and (asked.since is None or golden.last_updated >= asked.since)
        if not wanted:
            return decision, [], []
        apart = [("Patient", one.id, one.version, one.body, one.source_id) for one in every if one.body is not None]
        return decision, [("Patient", golden.id, golden.version, golden.body, 0)], apart

    async def _contributions(self, decision: AccessDecision, person_id: int) -> Rows:
        mask = decision.visibility.mask_for(person_id)
        rows: Rows = await self._pool.fetch(READS["contributions"], person_id, PATIENT, mask)
        return rows

    async def _rows(
        self,
        decision: AccessDecision,
        person_id: int,
        asked: Range,
        horizon: datetime | None,
        after: tuple[str, str],
        count: int,
    ) -> Rows:
        numbers = type_ids()
        statement, dates = _within(asked)
        rows: Rows = await self._pool.fetch(
            statement,
            person_id,
            decision.visibility.mask_for(person_id),
            persons_to_be_named(decision),
            _PAST_EVERY_TYPE if after[0].startswith(_ON_SHELF) else numbers.get(after[0], 0),
            after[1],
            PATIENT,
            asked.since,
            None if asked.types is None else [numbers[name] for name in asked.types],
            count + 1,
            horizon,
            *dates,
        )
        return rows

    async def _horizon(self) -> datetime:
        """Return until when the record is complete. Hazard: whoever asks again since then would miss what is being written."""
        async with self._pool.acquire() as connection:
            return await read_horizon(connection)

    async def _shelf(
        self, decision: AccessDecision, person_id: int, asked: Range, *, after: tuple[str, str] | None
    ) -> list[Found]:
        """Return what the person's entries refer to on the shelf, of changes since an instant what changed entries refer to.

        Hazard: a prescription whose medicine is left out.
        """
        mask, named = decision.visibility.mask, persons_to_be_named(decision)
        parameters, types = _shelf_references()
        bounds = mask, types, named, asked.since
        targets = await self._pool.fetch(READS["shelf_targets"], person_id, parameters, *bounds)
        wanted = [row for row in targets if asked.types is None or type_name(row["target_type"]) in asked.types]
        if not wanted:
            return []
        homes = [self._bucket(row) for row in wanted]
        columns = [row["target_type"] for row in wanted], [row["target_id"] for row in wanted]
        changed = [row["changed"] for row in wanted]
        rows = await self._pool.fetch(READS["shelf_resources"], homes, *columns, mask, named, changed, asked.since)
        found = [(type_name(row["type"]), row["id"], row["version"], row["body"], row["class"]) for row in rows]
        return [each for each in found if after is None or _comes_after(each, after)]

    def _bucket(self, target: asyncpg.Record) -> int:
        routed = self._routes.person_of(target["target_id"])
        return shelf_bucket(target["target_type"], target["target_id"]) if routed is None else routed


def _within(asked: Range) -> tuple[str, Sequence[object]]:
    """Return the statement for a range and what it asks for more than that for the whole record."""
    if asked.low is None and asked.high is None:
        return READS["everything"].replace("{in_range}", "true").replace("{left_out}", "false"), ()
    statement = READS["everything"].replace("{left_out}", READS["left_out"]).replace("{in_range}", READS["in_range"])
    return statement, (asked.low, asked.high, lasting_types(), status_rows(), ENDED)


def _counters(rows: Rows) -> Counters:
    policy_epoch, person_epoch, *_ = rows[0]["counters"]
    return policy_epoch, person_epoch


def _found(rows: Rows) -> tuple[list[Found], list[Found]]:
    """Return the person's Patients and the other resources of the rows that follow the one with the counters."""
    names = type_names()
    found: list[Found] = [
        (names[number], name, version, masked(body) if is_masked else body, class_id)
        for number, name, version, body, class_id, is_masked in map(_RESOURCE, rows[1:])
    ]
    patients = [each for each in found if each[0] == "Patient"]
    return patients, found[len(patients) :]


def _page(patient: list[Found], found: list[Found], shelf: list[Found], *, count: int) -> Page:
    """Return the first `count` of all. The Patient, who comes first, has the place before every type."""
    every = patient + found + shelf
    if len(every) <= count:
        return Page(found=every, after=None)
    last_type, last_id = every[count - 1][:2]
    if count <= len(patient):
        return Page(found=every[:count], after=_START)
    on_shelf = _ON_SHELF if count > len(patient) + len(found) else ""
    return Page(found=every[:count], after=(on_shelf + last_type, last_id))


def _served(decision: AccessDecision, page: Page) -> Page:
    """Hazard: the address of a restricted person. Who says their demographics, a practice, tells where they are, too."""
    if decision.visibility.places is Places.SHOWN:
        return page
    found, contributions = (
        [
            (type_, own_id, version, served_body(decision, type_, body), 0 if type_ == "Patient" else class_id)
            for type_, own_id, version, body, class_id in every
        ]
        for every in (page.found, page.contributions)
    )
    return replace(page, found=found, contributions=contributions)


def _not_found_as_well(page: Page) -> list[Found]:
    """Return the contributions under other ids than the golden Patient's: what a page shows is in the log."""
    golden = {each[1] for each in page.found if each[0] == "Patient"}
    return [each for each in page.contributions if each[1] not in golden]


def _comes_after(found: Found, after: tuple[str, str]) -> bool:
    """Whether a resource on the shelf comes after a place; what is the person's own comes before the whole shelf."""
    numbers = type_ids()
    if not after[0].startswith(_ON_SHELF):
        return True
    return (numbers[found[0]], found[1]) > (numbers[after[0].removeprefix(_ON_SHELF)], after[1])


@cache
def _shelf_references() -> tuple[list[int], list[int]]:
    """Return the reference parameters that may lead to the shelf, and the types that live there."""
    shelf = {name for name in type_ids() if home(name).kind is HomeKind.SHELF}
    parameters = [
        found.id
        for name in type_ids()
        for found in parameters_of(name).values()
        if found.kind is Kind.REFERENCE and shelf & set(found.targets) and len(found.targets) < 20
    ]
    return parameters, [type_ids()[name] for name in sorted(shelf)]
