"""Admission: the memory of a worker is shared out, and nobody waits for ever."""

import asyncio

import pytest

from lhcr.fhir_api.admission import SMALL, Admission
from lhcr.kernel.errors import Busy

MEGABYTE = 1024 * 1024


async def test_small_bodies_are_not_counted() -> None:
    admission = Admission(MEGABYTE)
    taken = [await admission.take(SMALL) for _ in range(1_000)]
    assert set(taken) == {0}
    assert admission.held == 0


async def test_whoever_comes_when_it_is_full_waits_for_their_turn() -> None:
    admission = Admission(2 * MEGABYTE)
    first = await admission.take(2 * MEGABYTE)
    order: list[int] = []

    async def later(number: int) -> None:
        taken = await admission.take(MEGABYTE)
        order.append(number)
        admission.give_back(taken)

    waiting = [asyncio.create_task(later(number)) for number in range(5)]
    await asyncio.sleep(0)
    assert order == []
    admission.give_back(first)
    await asyncio.gather(*waiting)
    assert order == list(range(5))
    assert admission.held == 0


async def test_a_large_one_at_the_head_is_not_passed_by_small_ones_for_ever() -> None:
    admission = Admission(2 * MEGABYTE)
    half = await admission.take(MEGABYTE)
    whole = asyncio.create_task(admission.take(2 * MEGABYTE))
    await asyncio.sleep(0)
    behind = asyncio.create_task(admission.take(MEGABYTE))
    await asyncio.sleep(0)
    assert not behind.done()
    admission.give_back(half)
    admission.give_back(await whole)
    admission.give_back(await behind)
    assert admission.held == 0


async def test_whoever_waits_too_long_is_told_to_come_again_and_holds_nothing() -> None:
    admission = Admission(MEGABYTE, wait_seconds=0.01)
    held = await admission.take(MEGABYTE)
    with pytest.raises(Busy) as caught:
        await admission.take(MEGABYTE)
    assert caught.value.status == 503
    admission.give_back(held)
    assert admission.held == 0


async def test_whoever_gives_up_frees_their_place() -> None:
    admission = Admission(MEGABYTE)
    held = await admission.take(MEGABYTE)
    gone = asyncio.create_task(admission.take(MEGABYTE))
    await asyncio.sleep(0)
    behind = asyncio.create_task(admission.take(MEGABYTE))
    await asyncio.sleep(0)
    gone.cancel()
    admission.give_back(held)
    admission.give_back(await behind)
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert admission.held == 0


async def test_one_who_leaves_in_the_moment_of_admission_leaves_nothing_held() -> None:
    admission = Admission(MEGABYTE)
    held = await admission.take(MEGABYTE)
    gone = asyncio.create_task(admission.take(MEGABYTE))
    await asyncio.sleep(0)
    admission.give_back(held)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert admission.held == 0


async def test_a_queue_that_is_too_long_is_closed() -> None:
    admission = Admission(MEGABYTE, wait_seconds=1)
    held = await admission.take(MEGABYTE)
    waiting = [asyncio.create_task(admission.take(MEGABYTE)) for _ in range(64)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await admission.take(MEGABYTE)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    admission.give_back(held)
    assert admission.held == 0
