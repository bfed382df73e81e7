"""The watch of the privacy office: one worker at a time, also where its connection breaks."""

import asyncio
from typing import Any, cast

import pytest
from tests.office.conftest import Office

from lhcr.office.checks import Checked
from lhcr.office.scan import Scanned
from lhcr.office.watch import WATCH_LOCK, OfficeWatch
from lhcr.store.database import Pool

_HOLDER = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = ($1::bigint & 4294967295)::oid AND granted"


class Cut:
    """Looks at nothing, and has whoever holds the watch lose its connection meanwhile."""

    def __init__(self, pool: Pool, *, then: float = 0.05) -> None:
        self._pool = pool
        self._then = then
        self.cut = asyncio.Event()

    async def run(self) -> Scanned:
        pid = await self._pool.fetchval(_HOLDER, WATCH_LOCK)
        await self._pool.execute("SELECT pg_terminate_backend($1, 5000)", pid)
        # The end of the connection arrives while the loop turns.
        await asyncio.sleep(0.05)
        self.cut.set()
        await asyncio.sleep(self._then)
        return Scanned()


class Nothing:
    async def run(self) -> Checked:
        return Checked()


def watch(office: Office, scan: Cut) -> OfficeWatch:
    return OfficeWatch(office.world.pool, scan=cast("Any", scan), checks=cast("Any", Nothing()))


async def test_a_round_whose_connection_broke_says_what_it_did_and_the_next_one_can_begin(office: Office) -> None:
    assert await watch(office, Cut(office.world.pool)).check_now() is not None
    assert await office.watch().check_now() is not None


async def test_a_cancellation_is_not_lost_where_the_connection_broke_meanwhile(office: Office) -> None:
    """Hazard: a worker that was told to end goes on watching."""
    scan = Cut(office.world.pool, then=60)
    watching = asyncio.create_task(watch(office, scan).check_now())
    await scan.cut.wait()
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
