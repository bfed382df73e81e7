"""Pace: what counts as keeping it, from one look to the next."""

import socket
from asyncio import Transport
from typing import Any

import pytest

from lhcr.cli.serving.pace import Departure, Pace, unread

PACE = Pace(seconds=10, slowest=100, most_looks=20)


class Line(Transport):
    """A connection on which so many bytes wait."""

    def __init__(self, waiting: int, end: socket.socket | None = None) -> None:
        super().__init__()
        self.waiting = waiting
        self._end = end

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._end if name == "socket" else default


def looks_at(*waiting: int) -> list[bool]:
    """Return what each look says while so many bytes wait."""
    departure, line, said = Departure(), Line(0), []
    for line.waiting in waiting:
        said.append(departure.is_stuck(line, PACE))
    return said


@pytest.mark.parametrize(
    ("waiting", "stuck"),
    [
        ([0, 0, 0], [False, False, False]),
        ([5_000, 4_000, 3_000, 0], [False, False, False, False]),
        ([5_000, 4_001], [False, True]),
        ([5_000, 5_000], [False, True]),
        ([500, 1], [False, True]),
        ([500, 0, 500, 0], [False, False, False, False]),
    ],
)
def test_so_many_bytes_a_second_must_leave_until_all_have(waiting: list[int], stuck: list[bool]) -> None:
    assert looks_at(*waiting) == stuck


def test_a_large_answer_is_gone_after_so_many_looks_or_its_reader_is() -> None:
    """Hazard: whoever reads a byte now and then keeps the largest answer in memory for hours."""
    whole = 1_000_000
    assert not any(looks_at(*range(whole, 0, -whole // PACE.most_looks)))
    assert looks_at(whole, whole - whole // PACE.most_looks + 1)[-1]


def test_what_moved_by_itself_is_judged_at_the_next_look_only() -> None:
    departure, line = Departure(), Line(5_000)
    assert not departure.is_stuck(line, PACE)
    departure.moved()
    assert not departure.is_stuck(line, PACE)
    assert departure.is_stuck(line, PACE)


@pytest.mark.parametrize(("received", "slow"), [(0, True), (999, True), (1_000, False)])
def test_so_many_bytes_of_a_body_must_arrive(received: int, *, slow: bool) -> None:
    assert PACE.is_slow(received) is slow


def test_what_the_system_took_over_and_nobody_read_is_unread_too() -> None:
    """Hazard: without it an honest reader on a slow line seems to stand still, and is shown nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
        with ours, theirs:
            ours.setblocking(False)
            sent = 0
            try:
                while True:
                    sent += ours.send(b"x" * 65_536)
            except BlockingIOError:
                before = unread(Line(7, ours))
            assert 7 < before <= sent + 7
            read = 0
            while read < sent:
                read += len(theirs.recv(1_048_576))
            assert unread(Line(7, ours)) < before


def test_a_connection_without_a_socket_has_what_waits_here() -> None:
    assert unread(Line(7)) == 7
