"""Clocks: the system's tells instants of UTC, and the tests' stands still until it is moved."""

from datetime import UTC, datetime, timedelta

from lhcr.kernel.clock import FixedClock, SystemClock


def test_the_system_clock_tells_the_present_in_utc() -> None:
    before, told, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert before <= told <= after
    assert told.utcoffset() == timedelta(0)


def test_a_fixed_clock_stands_until_it_is_moved() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    clock = FixedClock(start)
    assert clock.now() is clock.now() is start
    clock.instant += timedelta(hours=1)
    assert clock.now() == start + timedelta(hours=1)
