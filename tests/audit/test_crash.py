"""The log when the database is killed in the midst of many writers: what was acknowledged is there, and the rest is in order."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.audit.conftest import NOW

from lhcr.audit.answer import Answer
from lhcr.audit.entry import PendingEntry
from lhcr.audit.log import AuditLog
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.verify import verify_log
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Unavailable
from lhcr.store.database import open_pool
from lhcr.store.embedded import EmbeddedPostgres
from lhcr.store.migrations import migrate

pytestmark = pytest.mark.slow
MakeEntry = Callable[[int], PendingEntry]


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    with tempfile.TemporaryDirectory(prefix="lhcr-test-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder))
        yield server
        server.stop()


async def test_what_was_released_before_a_crash_is_in_the_log_after_it(
    server: EmbeddedPostgres, make_entry: MakeEntry
) -> None:
    address = await asyncio.to_thread(server.start)
    await migrate(address)
    before = await open_pool(address)
    log, released = AuditLog(before), set[int]()

    async def client(first: int) -> None:
        with contextlib.suppress(Unavailable):
            for number in range(first, first + 100_000):
                await log.release([make_entry(number)], Answer(status=200))
                released.add(number)

    clients = [asyncio.create_task(client(n * 100_000)) for n in range(16)]
    await asyncio.sleep(0.5)
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await asyncio.gather(*clients)
    before.terminate()

    await asyncio.to_thread(server.start)
    after = await open_pool(address)
    await AuditLog(after).append([make_entry(9_999_999)])
    await Sequencer(after, clock=FixedClock(NOW + timedelta(hours=3))).sequence_now()
    there = {row["person_id"] for row in await after.fetch("SELECT person_id FROM audit_entry")}
    verdict = await verify_log(after)
    await after.close()
    assert len(released) > 100
    assert released <= there
    assert (verdict.defects, verdict.unsequenced) == ((), 0)
