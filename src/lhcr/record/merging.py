"""Merging: two persons turn out to be one, as people decide and the privacy office orders; the record of one goes on in the other's.

Hazards: wrong person, where two are made one who are not, so that a reason of a closed list and an authority are asked for, differences
and restrictions have to be acknowledged, and it can be undone; an allergy dropped, where something stays behind, so that all of it is
one transaction that brings every row or none.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from lhcr.access.classes import AccessClasses
from lhcr.access.moved import PersonMoved
from lhcr.access.relationship import citizen_party
from lhcr.audit.entry import PendingEntry
from lhcr.audit.lane import Lane
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.fhir.search.catalogue import type_name
from lhcr.kernel.clock import Clock
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record import merge_reason
from lhcr.record.bringing import MERGE, Bringing, persons_beside
from lhcr.record.entry_order import read_authority
from lhcr.record.merge_pair import Known, Pair, check, differ, entries, is_restricted, known
from lhcr.record.merge_reason import MergeReason, Seen
from lhcr.record.persons import lock_persons
from lhcr.store.database import Connection, Pool

_RAISED: Final = "raise_epochs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """What a merge would bring: how many entries of each type, under which numbers, and what has to be seen by whoever orders it."""

    entries: Mapping[str, int]
    numbers: tuple[str, ...]
    differs: bool
    restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merge that was carried out, by the reference of its order, and how many entries of each type it brought."""

    merge_id: str
    entries: Mapping[str, int]


class Merging:
    """Merges for one worker."""

    def __init__(self, *, pool: Pool, log: AuditLog, clock: Clock, classes: AccessClasses) -> None:
        self._pool = pool
        self._log = log
        self._clock = clock
        self._classes = classes

    async def consider(self, pair: Pair) -> Considered:
        """Return what a merge would bring, and change nothing. Raises Incorrect where both are one person already."""
        merged, survivor = pair.persons
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            one, other = await known(connection, merged), await known(connection, survivor)
            considered = Considered(
                entries=await _counts(connection, merged),
                numbers=tuple(one.numbers),
                differs=differ(one, other),
                restricted=await is_restricted(connection, one, other),
            )
        await self._log.append(entries(pair, (one, other), subtype="merge-considered", query="", at=self._clock.now()))
        return considered

    async def merge(self, pair: Pair, *, reason: MergeReason, authority: str, seen: Seen) -> Merged:
        """Have the record of one person go on in the other's: every entry, fact, name and number, in one transaction.

        Raises Incorrect for one person twice and for an authority that says nothing; Conflict (409) where a placeholder has a number
        of its own, and where the two differ or one must not be found and nobody says that they have seen it; PersonMoved (503) where
        one of them was merged meanwhile.
        """
        words, persons = read_authority(authority), pair.persons
        merge_id, ordered_by = pair.merged.reference, pair.merged.principal.user_id
        async with self._opened(persons) as (connection, lane):
            one, other = await known(connection, persons[0]), await known(connection, persons[1])
            await _refuse_while_relabelling(connection)
            await check(connection, one, other, reason=reason, seen=seen)
            counts, at = await _counts(connection, one.person_id), await moment(connection)
            given = self._clock.now()
            await _bring(connection, one, other, merge_id=merge_id, reason=reason, at=at, given=given)
            await connection.execute(MERGE["keep"], merge_id, *persons, reason.value, words, given, ordered_by)
            await connection.execute(MERGE["lead_on"], *persons)
            await connection.execute(MERGE["notice"], merge_id, other.person_id)
            query = urlencode({"order": merge_id, "reason": reason.value, "authority": words})
            await _log(connection, lane, entries(pair, (one, other), subtype="merge", query=query, at=given))
        await self._classes.current()
        return Merged(merge_id=merge_id, entries=counts)

    @asynccontextmanager
    async def _opened(self, persons: Collection[int]) -> AsyncIterator[tuple[Connection, Lane]]:
        """Lend the transaction of a merge: everybody whose rows change is locked, in the one order of all writers.

        When the block ends every decision about any of them is over, and so is every worker's knowledge of whose record is whose.
        """
        async with self._log.write_lane() as lane:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute("SET LOCAL statement_timeout = 0")
                together = {
                    *persons,
                    *[each for person in persons for each in await persons_beside(connection, person)],
                }
                locked = await lock_persons(connection, together)
                if not {*persons} <= locked.keys() or not await _beside_all(connection, persons, together):
                    raise PersonMoved
                yield connection, lane
                await connection.execute(MERGE[_RAISED], sorted(locked))
                # The last of all: whoever takes a number of a class or source waits for it.
                await connection.execute(MERGE["raise_policy_epoch"])
            lane.committed()


async def _beside_all(connection: Connection, persons: Collection[int], locked: Collection[int]) -> bool:
    """Return whether everybody whose rows change is locked, also who was named while the lock was waited for."""
    return all([await persons_beside(connection, each) <= {*locked} for each in persons])


async def _bring(
    connection: Connection,
    one: Known,
    other: Known,
    *,
    merge_id: str,
    reason: MergeReason,
    at: datetime,
    given: datetime,
) -> None:
    """Bring everything; numbers that were never the person's are set apart for whoever goes on to say them (docs/adr/0010)."""
    wrong = [] if reason.both_numbers_are_theirs else [each for each in one.numbers if each not in other.numbers]
    bringing = Bringing(connection, merge_id=merge_id, merged=one.person_id, survivor=other.person_id)
    parties = [citizen_party(each) for each in wrong]
    await bringing.bring(at=at, ended=given, numbers_not_theirs=wrong, parties=parties)
    said = sorted(set(one.sayings(wrong)))
    if said:
        sources, numbers = zip(*said, strict=True)
        await connection.execute(MERGE["set_numbers_apart"], sources, other.person_id, NHS_NUMBER, numbers)


async def moment(connection: Connection) -> datetime:
    """Return the time of what is written from now on, under the lock that pollers look at."""
    await connection.execute(MERGE["held"])
    at: datetime = await connection.fetchval(MERGE["moment"])
    return at


async def _refuse_while_relabelling(connection: Connection) -> None:
    """Raise Busy (503) while entries are labelled anew, which goes from person to person and would pass over what is moved behind it.

    Hazard: a sensitive item exposed. No relabelling goes on until the merge has ended.
    """
    if await connection.fetchval(MERGE["relabelling"]) != "done":
        raise merge_reason.relabelling()


async def _counts(connection: Connection, person_id: int) -> dict[str, int]:
    rows = await connection.fetch(MERGE["counts"], person_id)
    return {type_name(row["type"]): row["count"] for row in rows}


async def _log(connection: Connection, lane: Lane, said: Sequence[PendingEntry]) -> None:
    await connection.execute(INSERT_ENTRIES, *lane.prepare(said).parameters)
