"""A worker is killed in the middle of its work: the other one serves on, another takes its place, and nothing acknowledged is lost."""

import os
import signal
import time

from tests.faults.ledger import check_ledger, verified
from tests.faults.lost import living_writers, look_until_told, marks, writing_workers
from tests.faults.stream import await_more, streaming
from tests.interoperability.live_area import LiveArea


def await_workers(area: LiveArea, *, without: int | None = None, seconds: float = 20) -> set[int]:
    """Return the numbers of both workers once there are two, `without` one that is to end."""
    until = time.monotonic() + seconds
    while len(pids := set(area.served.pids) - {without}) < 2:
        assert time.monotonic() < until, "the worker was not replaced"
        time.sleep(0.02)
    return {pid for pid in pids if pid is not None}


def test_what_was_acknowledged_before_a_kill_is_there_after_it(live_area: LiveArea) -> None:
    """Hazard: a record that somebody was told is kept, or an access that nobody can be told of."""
    with streaming(live_area) as stream:
        for number in range(2):
            before = await_workers(live_area)
            await_more(stream, 20)
            killed = sorted(before)[number % 2]
            os.kill(killed, signal.SIGKILL)
            await_more(stream, 20)
            await_workers(live_area, without=killed)
        await_more(stream, 20)
    assert live_area.served.restarts == [-signal.SIGKILL] * 2
    assert stream.lost > 0, "no kill hit a request"
    assert stream.refusals == {}
    assert stream.slowest < 10
    check_ledger(live_area, stream)


def test_a_worker_that_is_told_to_end_finishes_what_it_began(live_area: LiveArea) -> None:
    with streaming(live_area) as stream:
        await_more(stream, 20)
        told = min(await_workers(live_area))
        os.kill(told, signal.SIGTERM)
        await_workers(live_area, without=told)
        await_more(stream, 20)
    assert stream.refusals == {}
    check_ledger(live_area, stream)


def test_both_workers_may_die_at_once(live_area: LiveArea) -> None:
    with streaming(live_area) as stream:
        await_more(stream, 10)
        for pid in await_workers(live_area):
            os.kill(pid, signal.SIGKILL)
        await_more(stream, 20)
    assert stream.refusals == {}
    check_ledger(live_area, stream)


def test_the_writers_of_a_killed_worker_are_marked_once_and_nobody_elses(live_area: LiveArea) -> None:
    """Hazard: the answers that it did not send count for ever as seen."""
    # Connections are shared out as they come: whoever comes before both workers are up stays with the one.
    await_workers(live_area)
    with streaming(live_area) as stream:
        await_more(stream, 20)
        until = time.monotonic() + 20
        while writing_workers(live_area) < 2:
            assert time.monotonic() < until, "one of the workers is asked nothing"
            await_more(stream, 5)
        look_until_told(live_area)
        known, before = marks(live_area), living_writers(live_area)
        killed = min(await_workers(live_area))
        os.kill(killed, signal.SIGKILL)
        await_workers(live_area, without=killed)
        await_more(stream, 20)
        look_until_told(live_area)
        alive, found = living_writers(live_area), marks(live_area)
        lost = before - alive
        assert lost, "the worker that was killed had no writer"
        assert before & alive, "the other worker has none"
        assert set(found - known) >= lost
        assert not set(found) & alive
    assert set(found.values()) == {1}
    check_ledger(live_area, stream)


def test_the_writers_of_a_worker_that_is_told_to_end_are_not_marked(live_area: LiveArea) -> None:
    with streaming(live_area) as stream:
        await_more(stream, 20)
    look_until_told(live_area)
    known, before = marks(live_area), living_writers(live_area)
    told = min(await_workers(live_area))
    os.kill(told, signal.SIGTERM)
    await_workers(live_area, without=told)
    look_until_told(live_area)
    assert before - living_writers(live_area), "the worker that ended had no writer"
    assert marks(live_area) == known
    assert verified(live_area).intact
