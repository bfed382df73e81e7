"""Group commit: what waits goes together, in order and once, and everybody is told what became of theirs."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audit.conftest import NOW

from lhcr.audit.entry import PendingEntry
from lhcr.audit.group_commit import MOST_IN_A_FLUSH, GroupCommit


def entries(*numbers: int) -> list[PendingEntry]:
    return [PendingEntry(recorded=NOW, person_id=number, decision=None, text=b"") for number in numbers]


class Disc:
    """What was flushed; a flush waits for `turning`, and fails where `broken` says so."""

    def __init__(self) -> None:
        self.flushes: list[list[int | None]] = []
        self.turning = asyncio.Event()
        self.broken: set[int] = set()
        self.at_once = 0

    async def flush(self, group: Sequence[PendingEntry]) -> None:
        self.at_once += 1
        assert self.at_once == 1, "two flushes at once would break the writer's chain"
        self.flushes.append([entry.person_id for entry in group])
        await self.turning.wait()
        self.at_once -= 1
        if len(self.flushes) in self.broken:
            raise OSError("the disc is full")


async def test_nobody_is_told_that_their_entry_is_durable_before_it_is() -> None:
    disc = Disc()
    commit = GroupCommit(disc.flush)
    waiting = asyncio.create_task(commit.append(entries(1)))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    disc.turning.set()
    await waiting
    assert disc.flushes == [[1]]


async def test_what_waits_while_one_flush_is_under_way_goes_into_the_next_in_the_order_of_asking() -> None:
    disc = Disc()
    commit = GroupCommit(disc.flush)
    waiting = [asyncio.create_task(commit.append(entries(*some))) for some in ([1], [2, 3], [4], [5])]
    await asyncio.sleep(0)
    disc.turning.set()
    await asyncio.gather(*waiting)
    assert [number for flush in disc.flushes for number in flush] == [1, 2, 3, 4, 5]
    assert len(disc.flushes) <= 2


async def test_a_flush_that_fails_is_told_to_those_in_it_and_to_nobody_else() -> None:
    """Hazard: an answer released although its entry was lost, or held back although it was not."""
    disc = Disc()
    disc.broken = {1}
    commit = GroupCommit(disc.flush)
    first = asyncio.create_task(commit.append(entries(1)))
    await asyncio.sleep(0.01)
    later = asyncio.create_task(commit.append(entries(2)))
    disc.turning.set()
    results = await asyncio.gather(first, later, return_exceptions=True)
    assert isinstance(results[0], OSError)
    assert results[1] is None
    await commit.append(entries(3))
    assert disc.flushes == [[1], [2], [3]]


async def test_a_caller_who_leaves_leaves_its_entries_behind() -> None:
    disc = Disc()
    commit = GroupCommit(disc.flush)
    first, second = (asyncio.create_task(commit.append(entries(number))) for number in (1, 2))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    disc.turning.set()
    await first
    await commit.drain()
    assert sorted(number for flush in disc.flushes for number in flush if number) == [1, 2]
    assert second.cancelled()


async def test_draining_waits_for_all_that_waits_and_for_nothing_where_nothing_does() -> None:
    disc = Disc()
    commit = GroupCommit(disc.flush)
    await asyncio.wait_for(commit.drain(), 1)
    waiting = [asyncio.create_task(commit.append(entries(number))) for number in (1, 2)]
    await asyncio.sleep(0)
    disc.turning.set()
    await commit.drain()
    await asyncio.sleep(0)
    assert all(task.done() for task in waiting)


@settings(max_examples=30)
@given(st.lists(st.integers(1, MOST_IN_A_FLUSH * 2), max_size=6))
def test_each_entry_is_flushed_once_in_order_and_nobodys_are_parted(sizes: list[int]) -> None:
    groups = [list(range(sum(sizes[:at]), sum(sizes[: at + 1]))) for at in range(len(sizes))]
    disc = Disc()

    async def run() -> None:
        disc.turning.set()
        commit = GroupCommit(disc.flush)
        await asyncio.gather(*(commit.append(entries(*group)) for group in groups))

    asyncio.run(run())
    assert [number for flush in disc.flushes for number in flush] == [number for group in groups for number in group]
    for group in groups:
        assert any(set(group) <= set(flush) for flush in disc.flushes)
    for flush in disc.flushes:
        last = next(group for group in groups if group[-1] == flush[-1])
        assert len(flush) - len(last) < MOST_IN_A_FLUSH


@pytest.mark.parametrize("error", [OSError("x"), ValueError("x"), RuntimeError("x")])
async def test_whatever_went_wrong_is_what_is_raised(error: Exception) -> None:
    async def flush(_group: Sequence[PendingEntry]) -> None:
        raise error

    with pytest.raises(type(error)):
        await GroupCommit(flush).append(entries(1))
