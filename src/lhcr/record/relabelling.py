"""Relabelling: stored entries get the labels of value sets that were loaded after them, and lose those of sets that are gone.

Hazard guarded here: a sensitive item exposed. What comes is put on everywhere before anything is taken off, and it is done only when
every row has been looked at that was written by somebody who did not know the change yet. It goes on where it was stopped.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import asyncpg

from lhcr.access.access_class import AccessClass
from lhcr.access.classes import AccessClasses
from lhcr.access.sensitivity import read_codes
from lhcr.access.sensitivity_change import (
    ADDING,
    DONE,
    RelabellingPlace,
    end_additions,
    end_removals,
    lock_sets,
    relabelling_place,
)
from lhcr.access.sensitivity_codes import SensitiveCodes, is_label_of_set, joint_labels, labels_of_sets
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.clock import Clock
from lhcr.record.persons import lock_persons
from lhcr.record.reclassed import Reclassed, columns_of, reclass
from lhcr.record.relabelled_followers import FOLLOWING, FollowedLabels
from lhcr.store.database import Connection, Pool
from lhcr.store.search.horizon import read_horizon
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.record", "relabel.sql")
_PATIENT: Final = type_id("Patient")
_ROWS_IN_A_BATCH: Final = 500
_WAIT_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Step:
    """One walk over current or past rows; `follows`: it labels what follows labelled entries, round by round until nothing changes."""

    past: bool
    follows: bool


_STEPS: Final = (_Step(False, False), _Step(True, False), _Step(False, True), _Step(True, True))


class _Overtaken(Exception):
    """A row got another class while it was looked at, for another reason: it is looked at again."""


class Relabelling:
    """One relabelling of an area, beside workers that read and write. `followed` finds what entries follow."""

    def __init__(self, *, pool: Pool, classes: AccessClasses, followed: FollowedLabels, clock: Clock) -> None:
        self._pool = pool
        self._classes = classes
        self._followed = followed
        self._clock = clock

    async def run(self) -> None:
        """Relabel until every set is in force; waits for another that is under way. What is done by then stays done if it is stopped."""
        async with self._pool.acquire() as alone:
            await _patiently(lambda: alone.fetchval(_SQL["lock"]))
            try:
                while (place := await relabelling_place(alone)).phase != DONE:
                    await self._wait_for_writers()
                    await self._phase(alone, place)
            finally:
                await alone.execute(_SQL["unlock"])

    async def left(self) -> int:
        """Return how many rows are still to be looked at, 0 when every set is in force; what may follow others is looked at twice."""
        place = await relabelling_place(self._pool)
        if place.phase == DONE:
            return 0
        here, left = (place.person_id, place.rid, place.version), 0
        for step in _STEPS[place.step :]:
            statement = _SQL["count_past" if step.past else "count_current"]
            left += await self._pool.fetchval(statement, *here, [*FOLLOWING] if step.follows else None)
            here = (-(1 << 63), 0, 0)
        return max(left, 1)

    async def _wait_for_writers(self) -> None:
        """Wait for those who may write by what counted before: whoever begins from now on is told that it does not stand."""
        async with self._pool.acquire() as connection:
            now = await connection.fetchval(_SQL["now"])

            async def passed() -> bool:
                return bool(await read_horizon(connection) > now)

            await _patiently(passed)

    async def _phase(self, connection: Connection, place: RelabellingPlace) -> None:
        """Go through what is left of a phase; returns early where the sets change meanwhile."""
        codes = await read_codes(connection)
        if codes.epoch != place.epoch:
            return
        while place.step < len(_STEPS):
            # Whoever writes goes first: what they hold for long is tried again, and nothing is lost.
            with suppress(asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, _Overtaken):
                await self._batch(connection, place, codes)
            place = await relabelling_place(connection)
            if place.epoch != codes.epoch:
                return
        async with connection.transaction():
            await lock_sets(connection)
            if not await connection.fetchval(_SQL["still_for"], codes.epoch):
                return
            if place.phase == ADDING:
                await end_additions(connection)
            else:
                await end_removals(connection, now=self._clock.now())
                await connection.execute(_SQL["done"])

    async def _batch(self, connection: Connection, place: RelabellingPlace, codes: SensitiveCodes) -> None:
        """Relabel some rows and note how far it has come, in one transaction; nothing where the codes are not the same any more."""
        step = _STEPS[place.step]
        adds = place.phase == ADDING
        rows = await connection.fetch(
            _SQL["past_rows" if step.past else "current_rows"],
            place.person_id,
            place.rid,
            place.version,
            _ROWS_IN_A_BATCH,
            [*FOLLOWING] if step.follows else None,
            None if adds else await self._labelled_classes(),
        )
        changes = [each for row in rows if (each := await self._change(connection, row, codes, step, adds=adds))]
        async with connection.transaction():
            await lock_persons(connection, {each.row["person_id"] for each in changes})
            if not await connection.fetchval(_SQL["still_for"], codes.epoch):
                return
            await _write(connection, changes, past=step.past)
            if len(rows) == _ROWS_IN_A_BATCH:
                last = rows[-1]
                changed = bool(changes)
                await connection.execute(_SQL["advance"], last["person_id"], last["rid"], last["version"], changed)
            else:
                again = step.follows and (place.changed or bool(changes))
                await connection.execute(_SQL["step"], place.step if again else place.step + 1)

    async def _change(
        self, connection: Connection, row: asyncpg.Record, codes: SensitiveCodes, step: _Step, *, adds: bool
    ) -> Reclassed | None:
        if not (adds or step.follows) and row["type"] in FOLLOWING:
            return None
        before = await self._class(row["class"])
        given = set(codes.labels_in(row["body"]))
        if step.follows:
            followed = await self._followed.classes(connection, read_json(row["body"]))
            for class_id in followed:
                given |= labels_of_sets((await self._class(class_id)).labels)
        given |= labels_of_sets(before.labels) if adds else set()
        labels = joint_labels([label for label in before.labels if not is_label_of_set(label)], given)
        if labels == before.labels:
            return None
        becomes = await self._classes.class_of(before.source_id, category=before.category, labels=labels)
        return Reclassed(row=row, becomes=becomes)

    async def _class(self, class_id: int) -> AccessClass:
        table = self._classes.table
        known = table.by_id.get(class_id)
        if known is None:
            known = (await self._classes.refreshed(epoch=table.epoch + 1)).by_id[class_id]
        return known

    async def _labelled_classes(self) -> list[int]:
        """Return the classes that carry a label of some set."""
        table = await self._classes.refreshed(epoch=self._classes.table.epoch + 1)
        return [each.class_id for each in table.classes if labels_of_sets(each.labels)]


async def _patiently(happened: Callable[[], Awaitable[bool]]) -> None:
    while not await happened():  # noqa: ASYNC110 - it happens in the database, which tells nobody.
        await asyncio.sleep(_WAIT_SECONDS)


async def _write(connection: Connection, changes: Sequence[Reclassed], *, past: bool) -> None:
    if not changes:
        return
    await reclass(connection, changes, past=past)
    # Hazard: a sensitive item exposed. By the ids of which Patients a person may be named is remembered with decisions about them.
    patients = {each.row["person_id"] for each in changes if each.row["type"] == _PATIENT}
    if patients and not past:
        await connection.execute(_SQL["raise_epochs"], sorted(patients))
    *keys, _, becomes = columns_of(changes)
    if await connection.fetchval(_SQL["overtaken_past" if past else "overtaken_current"], *keys, becomes):
        raise _Overtaken
