"""Failed attempts are counted by address and client, within a minute, in bounded room."""

from datetime import timedelta

from lhcr.auth.attempts import OF_A_CLIENT, OF_A_CLIENT_ANYWHERE, OF_AN_ADDRESS, Attempts
from lhcr.kernel.clock import FixedClock


def test_a_client_is_slowed_after_ten_failures_from_one_address(clock: FixedClock) -> None:
    attempts = Attempts(clock)
    assert [attempts.failed("a", "c") for _ in range(OF_A_CLIENT + 1)] == [False] * OF_A_CLIENT + [True]
    assert not attempts.failed("b", "c")
    assert not attempts.failed("a", "d")


def test_an_address_is_slowed_whatever_it_calls_itself(clock: FixedClock) -> None:
    attempts = Attempts(clock)
    beyond = [attempts.failed("a", f"c{number}") for number in range(OF_AN_ADDRESS + 1)]
    assert beyond == [False] * OF_AN_ADDRESS + [True]


def test_after_a_minute_all_is_as_before(clock: FixedClock) -> None:
    attempts = Attempts(clock)
    for _ in range(OF_A_CLIENT):
        attempts.failed("a", "c")
    clock.instant += timedelta(seconds=59)
    assert attempts.failed("a", "c")
    clock.instant += timedelta(seconds=61)
    assert not attempts.failed("a", "c")


def test_hazard_a_stranger_with_many_names_fills_no_memory(clock: FixedClock) -> None:
    attempts = Attempts(clock)
    for number in range(12_000):
        attempts.failed(f"address {number}", "c")
    assert len(attempts._failed) <= 10_000


def test_hazard_a_stranger_with_many_addresses_fills_no_log_in_the_name_of_a_client(clock: FixedClock) -> None:
    attempts = Attempts(clock)
    beyond = [attempts.failed(f"192.0.2.{number}", "c") for number in range(OF_A_CLIENT_ANYWHERE + 1)]
    assert beyond == [False] * OF_A_CLIENT_ANYWHERE + [True]
    assert not attempts.failed("198.51.100.1", "d")


def test_hazard_a_network_of_addresses_is_one(clock: FixedClock) -> None:
    attempts = Attempts(clock)
    beyond = [attempts.failed(f"2001:db8::{number:x}", "") for number in range(OF_AN_ADDRESS + 1)]
    assert beyond == [False] * OF_AN_ADDRESS + [True]
