"""Gathering: whoever comes during a turn shares the next one, and nothing else."""

import asyncio
import gc
from collections.abc import Sequence
from typing import Any

import pytest

from lhcr.store.gathering import Gathering


class Turns:
    """Turns that last until they are let go; what is negative is refused, with everything in its turn."""

    def __init__(self) -> None:
        self.taken: list[list[int]] = []
        self.go = asyncio.Semaphore(0)

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.taken.append([*items])
        await self.go.acquire()
        if min(items) < 0:
            raise ValueError(items)
        return [item * 10 for item in items]


async def asked(gathering: Gathering[int, int], *items: int) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(gathering.ask(item)) for item in items]
    await asyncio.sleep(0.01)
    return tasks


def free(turns: Turns, count: int = 100) -> None:
    for _ in range(count):
        turns.go.release()


async def test_what_comes_during_a_turn_goes_together_into_the_next_and_each_gets_its_own_result() -> None:
    turns = Turns()
    gathering = Gathering(turns, most=100)
    first = await asked(gathering, 1)
    rest = await asked(gathering, 2, 3, 4)
    free(turns)
    assert await asyncio.gather(*first, *rest) == [10, 20, 30, 40]
    assert turns.taken == [[1], [2, 3, 4]]


async def test_a_turn_takes_items_until_they_weigh_enough_and_at_least_one() -> None:
    turns = Turns()
    gathering = Gathering(turns, most=5, weigh=abs)
    tasks = await asked(gathering, 1)
    tasks += await asked(gathering, 9, 2, 2, 2, 2)
    free(turns)
    await asyncio.gather(*tasks)
    assert turns.taken == [[1], [9], [2, 2, 2], [2]]


async def test_a_failed_turn_fails_those_in_it_and_nobody_else() -> None:
    turns = Turns()
    gathering = Gathering(turns, most=2)
    tasks = await asked(gathering, 1)
    tasks += await asked(gathering, -2, 3, 4)
    free(turns)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [each if isinstance(each, int) else type(each) for each in results] == [10, ValueError, ValueError, 40]


async def test_who_leaves_early_leaves_the_item_behind_and_takes_nobody_along() -> None:
    turns = Turns()
    gathering = Gathering(turns, most=100)
    first = await asked(gathering, 1)
    leaver, stayer = await asked(gathering, 2, 3)
    leaver.cancel()
    free(turns)
    with pytest.raises(asyncio.CancelledError):
        await leaver
    assert await asyncio.gather(*first, stayer) == [10, 30]
    assert turns.taken == [[1], [2, 3]]


async def leave_a_turn_that_fails() -> None:
    turns = Turns()
    gathering = Gathering(turns, most=100)
    (leaver,) = await asked(gathering, -1)
    leaver.cancel()
    await asyncio.wait([leaver])
    free(turns)
    await gathering.drain()
    assert leaver.cancelled()


async def test_what_is_wrong_with_the_turn_of_one_who_left_is_no_defect_that_is_logged() -> None:
    """Hazard: a log full of what looks like defects, in which nobody finds the one that is."""
    told: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: told.append(context))
    try:
        await leave_a_turn_that_fails()
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(before)
    assert [context["message"] for context in told] == []


async def test_a_turn_that_answers_too_little_leaves_nobody_waiting() -> None:
    async def forgetful(items: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        return list(items)[1:]

    gathering = Gathering(forgetful, most=100)
    with pytest.raises(ValueError, match="zip"):
        async with asyncio.timeout(5):
            await gathering.ask(1)


async def test_a_turn_that_is_ended_from_outside_leaves_nobody_waiting() -> None:
    async def ended(_: Sequence[int]) -> list[int]:
        await asyncio.sleep(0.02)
        raise asyncio.CancelledError

    gathering = Gathering(ended, most=1)
    tasks = await asked(gathering, 1, 2)
    done, pending = await asyncio.wait(tasks, timeout=5)
    assert (len(done), len(pending)) == (2, 0)
    assert all(task.cancelled() for task in done)


async def test_draining_waits_until_nothing_waits() -> None:
    turns = Turns()
    gathering = Gathering(turns, most=1)
    tasks = await asked(gathering, 1, 2)
    draining = asyncio.create_task(gathering.drain())
    turns.go.release()
    await asyncio.sleep(0.01)
    assert not draining.done()
    turns.go.release()
    await draining
    assert all(task.done() for task in tasks)
    await gathering.drain()
