"""The sequencer signs what it stores, and a head a minute when nothing happens."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.audit.conftest import NOW

from lhcr.audit.entry import PendingEntry
from lhcr.audit.head_signing import rotate_key, secret_name, stored_keys
from lhcr.audit.log import AuditLog
from lhcr.audit.log_key import KeyChain
from lhcr.audit.merkle import EMPTY_ROOT
from lhcr.audit.sequencer import Sequencer
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import read_note
from lhcr.identity.area_settings import read_setting
from lhcr.kernel.clock import FixedClock
from lhcr.store.database import Pool

MakeEntry = Callable[[int], PendingEntry]


async def notes(pool: Pool) -> list[str]:
    return [row["note"] for row in await pool.fetch("SELECT note FROM audit_signed_head ORDER BY head_number")]


async def heads(pool: Pool) -> list[SignedHead]:
    return [SignedHead.read(read_note(note).text) for note in await notes(pool)]


async def chain(pool: Pool) -> KeyChain:
    async with pool.acquire() as connection:
        return KeyChain.read(await stored_keys(connection))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def sequencer(pool: Pool, clock: FixedClock) -> Sequencer:
    return Sequencer(pool, clock=clock, every_seconds=0.01, quiet_seconds=0.05)


async def test_a_head_is_signed_by_the_areas_own_key_and_says_what_was_stored(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry
) -> None:
    await log.append([make_entry(1), make_entry(2)])
    await sequencer.sequence_now()
    row = await pool.fetchrow("SELECT * FROM audit_head")
    (head,), (note,), keys = await heads(pool), await notes(pool), await chain(pool)
    assert row is not None
    assert (head.tree_size, head.root_hash, head.recorded) == (2, row["root_hash"], NOW)
    assert (head.number, head.origin) == (1, keys.origin)
    assert read_note(note).signed_by(keys.newest.public)


async def test_a_quiet_log_is_signed_again_and_again(pool: Pool, sequencer: Sequencer) -> None:
    """A log that stopped, or a clock that went back, would not show without heads."""
    began = asyncio.get_running_loop().time()
    async with sequencer.running():
        for _ in range(200):
            await asyncio.sleep(0.05)
            if len(await heads(pool)) >= 3:
                break
    quiet = await heads(pool)
    assert 3 <= len(quiet) <= (asyncio.get_running_loop().time() - began) / 0.05 + 1
    assert {(head.tree_size, head.root_hash) for head in quiet} == {(0, EMPTY_ROOT)}
    assert [head.number for head in quiet] == list(range(1, len(quiet) + 1))


async def test_a_log_however_quiet_has_a_signed_head_at_least_every_minute(pool: Pool, clock: FixedClock) -> None:
    """What an area runs with: nothing else says how often."""
    began = Sequencer(pool, clock=clock)
    assert began._quiet + 2 * began._every < 60


async def test_a_log_that_is_busy_needs_no_quiet_heads(pool: Pool, log: AuditLog, make_entry: MakeEntry) -> None:
    busy = Sequencer(pool, clock=FixedClock(NOW), every_seconds=0.01, quiet_seconds=60)
    async with busy.running():
        for n in range(5):
            await log.append([make_entry(n)])
            await asyncio.sleep(0.05)
    sizes = [head.tree_size for head in await heads(pool)]
    assert sizes == sorted(set(sizes))


async def test_a_new_key_is_vouched_for_by_the_old_one_whose_secret_is_forgotten(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry
) -> None:
    await log.append([make_entry(1)])
    await sequencer.sequence_now()
    assert len((await sequencer.rotate_key()).keys) == 2
    await log.append([make_entry(2)])
    await sequencer.sequence_now()
    keys, (one, two) = await chain(pool), await notes(pool)
    assert read_note(one).signed_by(keys.of_head(1).public)
    assert read_note(two).signed_by(keys.of_head(2).public)
    assert (keys.of_head(1).number, keys.of_head(2).number) == (1, 2)
    assert await read_setting(pool, secret_name(1)) is None


async def test_without_its_private_key_the_log_goes_on_and_says_so(
    pool: Pool, log: AuditLog, sequencer: Sequencer, make_entry: MakeEntry, caplog: pytest.LogCaptureFixture
) -> None:
    await log.append([make_entry(1)])
    await sequencer.sequence_now()
    await pool.execute("DELETE FROM area_setting WHERE name = 'log-key-1'")
    await log.append([make_entry(2)])
    with caplog.at_level(logging.ERROR):
        assert await sequencer.sequence_now()
    assert "private key of the audit log is gone" in caplog.text
    assert await pool.fetchval("SELECT count(*) FROM audit_leaf") == 2
    assert len(await heads(pool)) == 1
    async with pool.acquire() as connection:
        with pytest.raises(ValueError, match="no new key"):
            await rotate_key(connection, now=NOW)


@pytest.mark.parametrize(
    ("back", "shown"), [(timedelta(seconds=1), NOW), (timedelta(hours=1), NOW - timedelta(hours=1))]
)
async def test_a_clock_that_went_back_is_not_covered_up(
    pool: Pool,
    log: AuditLog,
    sequencer: Sequencer,
    clock: FixedClock,
    make_entry: MakeEntry,
    back: timedelta,
    shown: object,
) -> None:
    await log.append([make_entry(1)])
    await sequencer.sequence_now()
    clock.instant = NOW - back
    await log.append([make_entry(2)])
    await sequencer.sequence_now()
    assert [head.recorded for head in await heads(pool)] == [NOW, shown]


async def test_each_head_is_handed_on(pool: Pool, log: AuditLog, clock: FixedClock, make_entry: MakeEntry) -> None:
    handed: list[str] = []
    sequencer = Sequencer(pool, clock=clock, hand_on=handed.append)
    await log.append([make_entry(1)])
    await sequencer.sequence_now()
    assert handed == await notes(pool)
