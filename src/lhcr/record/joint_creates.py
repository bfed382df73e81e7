"""Joint creates: single creates that reach a worker at the same time are written by one statement, each for itself.

What a create costs most is its round trip and its commit; together they share both. What one of them is refused for reaches
nobody else: each is placed and prepared alone, and where the joint statement fails, each is written alone. While one that
waited for its person in vain is, whatever else is about that person does not go with others either.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final, TypeAlias
from weakref import WeakSet

from lhcr.access.decision import AccessDecision
from lhcr.audit.lane import Committed, Lane
from lhcr.audit.log import AuditLog
from lhcr.record.draft import Draft
from lhcr.record.foresight import Foreseen, Foresight
from lhcr.record.permits import epochs_of
from lhcr.record.placed import Placed
from lhcr.record.storing import Prepared, Storing
from lhcr.record.written import Written
from lhcr.store.database import Connection, Pool
from lhcr.store.gathering import Gathering

#: So many at most share a statement: more gain little, and each waits for the rows of all.
_MOST: Final = 32
#: Bytes of a body that goes with others; who sends more waits for it alone.
_LARGE: Final = 65_536
#: A turn that failed after so long waited for more than a person.
_LONG_SECONDS: Final = 5.0

Place: TypeAlias = Callable[[Connection, AccessDecision, Draft, Foreseen], Awaitable[Placed]]
Permit: TypeAlias = Callable[[Connection, Placed], Awaitable[Placed]]


@dataclass(frozen=True, slots=True)
class _Create:
    decision: AccessDecision
    draft: Draft


@dataclass(frozen=True, slots=True)
class _Stored:
    written: list[Written]
    receipt: Committed


#: What became of one create in a turn: it is stored, refused, or prepared and left to be stored alone.
_Outcome: TypeAlias = _Stored | Exception | Prepared


class JointCreates:
    """The creates of one worker.

    `place` finds out whom a create is about, and decides on persons whom its decision does not name. `permit` locks these
    persons and decides again where they are not any more as they were.
    """

    def __init__(
        self,
        *,
        pool: Pool,
        log: AuditLog,
        storing: Storing,
        foresight: Foresight,
        place: Place,
        permit: Permit,
        are_joined: Callable[[set[int]], bool],
    ) -> None:
        self._are_joined = are_joined
        self._pool = pool
        self._log = log
        self._storing = storing
        self._foresight = foresight
        self._place = place
        self._permit = permit
        self._gathering: Gathering[_Create, _Outcome] = Gathering(self._turn, most=_MOST)
        # What a failed turn left to be stored alone, as long as that takes.
        self._held_up: WeakSet[Prepared] = WeakSet()
        # Who queues for a person leaves connections to those who write about others.
        self._queue = asyncio.Semaphore(max(1, pool.get_max_size() // 2))

    async def create(self, decision: AccessDecision, draft: Draft) -> tuple[list[Written], Committed]:
        """Return what was written and the receipt of its entries. Raises what this create, and nobody else's, is refused for.

        The draft is created even if its caller leaves meanwhile.
        """
        outcome = await self._gathering.ask(_Create(decision, draft))
        if isinstance(outcome, Exception):
            raise outcome
        stored = await self._store_alone(outcome) if isinstance(outcome, Prepared) else outcome
        return stored.written, stored.receipt

    async def close(self) -> None:
        """Wait for the creates whose callers have left: what they began needs the pools and the log until it is done."""
        await self._gathering.drain()

    async def _turn(self, creates: Sequence[_Create]) -> Sequence[_Outcome]:
        outcomes = await self._prepare(creates)
        busy = self._busy()
        together = {
            place: each
            for place, each in enumerate(outcomes)
            if isinstance(each, Prepared) and each.size <= _LARGE and each.persons.isdisjoint(busy)
            # In whose record another's goes on is looked at again under their lock.
            if not self._are_joined(each.persons)
        }
        if together:
            stored = await self._store_together([*together.values()])
            for place, outcome in zip(together, stored, strict=True):
                outcomes[place] = outcome
        return outcomes

    async def _prepare(self, creates: Sequence[_Create]) -> list[_Outcome]:
        async with self._pool.acquire() as connection:
            foreseen = await self._foresight.of(connection, [(each.decision, each.draft) for each in creates])
            return [
                await self._prepare_one(connection, each, before)
                for each, before in zip(creates, foreseen, strict=True)
            ]

    async def _prepare_one(self, connection: Connection, create: _Create, foreseen: Foreseen) -> _Outcome:
        try:
            return await self._storing.prepare(await self._place(connection, create.decision, create.draft, foreseen))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one create is told to its caller alone.
            return error

    async def _store_together(self, prepared: Sequence[Prepared]) -> Sequence[_Outcome]:
        lane: Lane | None = None
        began = time.monotonic()
        try:
            async with self._log.write_lane() as lane, self._pool.acquire() as connection:
                written = await self._storing.store_together(connection, prepared, lane)
                receipt = lane.committed()
        except Exception as error:  # noqa: BLE001 - it is raised again by everybody whose create it may concern.
            # What holds everybody up, such as a log that is locked whole, is not waited for twice.
            if not _was_not_written(error, lane) or time.monotonic() - began > _LONG_SECONDS:
                return [error] * len(prepared)
            self._held_up.update(prepared)
            return prepared
        return [_Stored(each, receipt) for each in written]

    def _busy(self) -> set[int]:
        """Return the persons for whom others are waiting."""
        return {person_id for each in self._held_up for person_id in each.persons}

    async def _store_alone(self, prepared: Prepared) -> _Stored:
        queues = prepared not in self._held_up and not prepared.persons.isdisjoint(self._busy())
        async with (
            self._queue if queues else nullcontext(),
            self._log.write_lane() as lane,
            self._pool.acquire() as connection,
        ):
            if epochs_of(prepared.placed) or self._are_joined(prepared.persons):
                async with connection.transaction():
                    written = await self._store_permitted(connection, prepared, lane)
            else:
                written = await self._storing.store(connection, await self._storing.labelled(prepared), lane)
            return _Stored(written, lane.committed())

    async def _store_permitted(self, connection: Connection, prepared: Prepared, lane: Lane) -> list[Written]:
        """Store under the lock of the persons whom this is about, if it is permitted then."""
        placed = await self._permit(connection, prepared.placed)
        return await self._storing.store(connection, await self._storing.prepare(placed), lane)


def _was_not_written(error: Exception, lane: Lane | None) -> bool:
    """Return whether it is certain: the server refused the statement, as its lane knows, or the driver could not express it.

    Hazard: an entry written twice. What may have been written is not tried again.
    """
    return isinstance(error, (ValueError, TypeError)) or (lane is not None and not lane.undecided)
