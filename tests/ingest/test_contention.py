"""A load beside others who hold what it needs, or who load the same: it waits, tries again, and loses nothing."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from tests.ingest.loadable_area import (
    LoadableArea,
    bundle_entry,
    observation,
    open_loadable_area,
    patient,
    resource_entry,
)

from lhcr.store import database

_LOCK_WAIT_MILLISECONDS = 100


async def test_a_load_outwaits_a_transaction_that_takes_longer_than_a_statement_waits_for_a_lock(
    migrated_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: partial shown as complete. What waited too long for somebody's record must not be dropped, nor set aside as bad."""
    monkeypatch.setattr(database, "LONGEST_LOCK_WAIT_MILLISECONDS", _LOCK_WAIT_MILLISECONDS)
    dsn = migrated_database()
    async with open_loadable_area(dsn) as area:
        await area.load([resource_entry(patient("p"))])
        other = await asyncpg.connect(dsn)
        try:
            async with other.transaction():
                await other.execute("SELECT FROM person FOR UPDATE")
                loading = asyncio.create_task(area.load([resource_entry(observation("o", "Patient/p"))]))
                await asyncio.sleep(5 * _LOCK_WAIT_MILLISECONDS / 1000)
                assert not loading.done()
            outcome = await loading
        finally:
            await other.close()
        assert (outcome.tally.accepted, outcome.rejections) == (1, [])
        assert await area.stored() == {"Patient": 1, "Observation": 1}


async def test_what_two_loads_send_at_once_goes_in_once(area: LoadableArea) -> None:
    entries = [
        bundle_entry({"resourceType": "Basic", "code": {"text": "noted"}}, full_url=f"urn:uuid:{number}")
        for number in range(200)
    ]
    outcomes = await asyncio.gather(*(area.load(entries) for _ in range(3)))
    assert sum(each.tally.accepted for each in outcomes) == 200
    assert sum(each.tally.unchanged for each in outcomes) == 400
    assert await area.stored() == {"Basic": 200}
