"""Merges beside other writers, other merges and a killed database: all of one or nothing of it, and nobody waits in a circle."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import asyncpg
import pytest
from tests.record.area import Area, open_area, put, refusal
from tests.record.made import allergy, number, observation, patient
from tests.record.merging import merge, pair_of, unmerge
from tests.record.test_merge import names, two

from lhcr.access.moved import PersonMoved
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.errors import LhcrError

__all__ = ["two"]


@pytest.fixture
async def workers(migrated_database: Callable[[], str]) -> AsyncIterator[tuple[Area, Area]]:
    """Two workers of one area, in which Ada is A, B and C."""
    dsn = migrated_database()
    async with open_area(dsn) as one, open_area(dsn) as other:
        for place, name in enumerate("abc", start=1):
            await one.hospital.transaction(
                put(patient(number(place), id=name)), put(allergy(f"Patient/{name}", id=f"allergy-{name}"))
            )
        yield one, other


async def test_a_chain_of_merges_leads_to_the_last(workers: tuple[Area, Area]) -> None:
    area, _ = workers
    await merge(area, "Patient/a", "Patient/b")
    await merge(area, "Patient/b", "Patient/c")
    last = await area.person_of("Patient/c")
    assert [await area.person_of(f"Patient/{name}") for name in "abc"] == [last] * 3
    for name in "abc":
        found = names((await area.doctor.everything(f"Patient/{name}")).found)
        assert {f"AllergyIntolerance/allergy-{each}" for each in "abc"} <= found


async def test_of_opposite_merges_at_once_one_is_carried_out(workers: tuple[Area, Area]) -> None:
    one, other = workers
    there, back = await pair_of(one, "Patient/a", "Patient/b"), await pair_of(other, "Patient/b", "Patient/a")

    async def carried_out(area: Area, pair: object) -> bool:
        from tests.record.merging import DUPLICATE, NOTHING_SEEN
        from tests.record.ordering import COURT

        try:
            await area.record.merging.merge(pair, reason=DUPLICATE, authority=COURT, seen=NOTHING_SEEN)  # type: ignore[arg-type]
        except LhcrError:
            return False
        return True

    async with asyncio.timeout(30):
        done = await asyncio.gather(carried_out(one, there), carried_out(other, back))
    assert sorted(done) == [False, True]
    assert await one.value("SELECT count(*) FROM person WHERE survivor_id IS NOT NULL") == 1
    assert await one.value("SELECT count(DISTINCT person_id) FROM resource WHERE id IN ('allergy-a', 'allergy-b')") == 1


async def test_a_worker_that_has_not_heard_of_a_merge_is_answered_as_busy_and_then_from_the_survivor(
    workers: tuple[Area, Area],
) -> None:
    """Hazard: partial shown as complete. What it knew leads to a record in which nothing lies any more."""
    one, other = workers
    before = names((await other.doctor.everything("Patient/a")).found)
    assert "AllergyIntolerance/allergy-a" in before
    assigned = await one.hospital.create(observation("Patient/a"))
    assert (await other.doctor.read(f"Observation/{assigned.draft.id}")).version == 1
    await merge(one, "Patient/a", "Patient/b")
    with pytest.raises(PersonMoved):
        await other.doctor.read(f"Observation/{assigned.draft.id}")
    assert (await other.doctor.read(f"Observation/{assigned.draft.id}")).version == 2
    assert {"AllergyIntolerance/allergy-a", "AllergyIntolerance/allergy-b"} <= names(
        (await other.doctor.everything("Patient/a")).found
    )


async def test_what_a_worker_that_has_not_heard_writes_goes_to_nobody_and_then_to_the_survivor(
    workers: tuple[Area, Area],
) -> None:
    """Hazard: an entry written where nobody reads any more."""
    one, other = workers
    made = await one.hospital.create(patient(number(9)))
    reference = f"Patient/{made.draft.id}"
    await other.hospital.create(observation(reference))
    await merge(one, reference, "Patient/b")
    assert (await refusal(other.hospital.create(observation(reference))))[0] == 503
    written = await other.hospital.create(observation(reference))
    assert written.draft.person_id == await one.person_of("Patient/b")


async def test_a_merge_that_is_killed_in_its_midst_leaves_nothing_half_done(two: Area) -> None:
    async def picture() -> list[object]:
        return [
            await two.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
            for table in ("person", "resource", "resource_history", "search_token", "fact_relationship", "locator")
        ]

    before = await picture()
    blocker = await asyncpg.connect(two.dsn)
    blocking = blocker.transaction()
    await blocking.start()
    # The last that a merge does is to raise this: everything else it has done by then.
    await blocker.execute("SELECT FROM policy FOR UPDATE")
    attempt = asyncio.create_task(merge(two, "Patient/old", "Patient/new"))
    pid = None
    async with asyncio.timeout(20):
        while pid is None:
            await asyncio.sleep(0.02)
            pid = await two.value(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE policy%' AND datname = current_database()"
            )
    await blocker.execute("SELECT pg_terminate_backend($1)", pid)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, LhcrError)):
        await attempt
    await blocking.rollback()
    await blocker.close()
    assert await picture() == before
    await merge(two, "Patient/old", "Patient/new")
    assert await two.person_of("Patient/old") == await two.person_of("Patient/new")


async def test_a_worker_that_has_not_heard_that_a_merge_was_undone_writes_to_nobody_else(
    workers: tuple[Area, Area],
) -> None:
    """Hazard: wrong person. What it knew leads to the record of somebody else."""
    one, other = workers
    made = await one.hospital.create(patient(number(9)))
    reference = f"Patient/{made.draft.id}"
    merged, survivor = await one.person_of(reference), await one.person_of("Patient/b")
    done = await merge(one, reference, "Patient/b")
    await other.doctor.everything("Patient/b") if await other.gate.learn() else None
    assert merged is not None
    assert survivor is not None
    assert await other.person_of(reference) == survivor
    await unmerge(one, done.merge_id)
    for asker in (other.hospital, other.doctor):
        told = await refusal(asker.create(observation(reference)))
        assert told[0] == 503
        written = await asker.create(observation(reference))
        assert written.draft.person_id == merged
        # As if it had not heard of it yet, once more.
        other.classes.table = replace(
            other.classes.table, merges={merged: survivor}, epoch=other.classes.table.epoch - 1
        )
    assert (
        await one.value(
            "SELECT count(*) FROM resource WHERE person_id = $1 AND type = $2", survivor, type_id("Observation")
        )
        == 0
    )


async def test_nobody_is_merged_while_entries_are_labelled_anew(two: Area) -> None:
    """Hazard: a sensitive item exposed. What is moved behind a relabelling would keep the labels that it had."""
    await two.pool.execute("UPDATE relabelling SET phase = 'adding'")
    assert await refusal(merge(two, "Patient/old", "Patient/new")) == (503, "labels-changing")
    await two.pool.execute("UPDATE relabelling SET phase = 'done'")
    await merge(two, "Patient/old", "Patient/new")
