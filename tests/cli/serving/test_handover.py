"""A handover carries connections one way and the worker's state the other."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.cli.serving.handover import (
    Assignment,
    WorkerState,
    hand_over,
    last_state,
    make_handover,
    receive_assignment,
    send_assignment,
    send_state,
    take_over,
)


def test_a_worker_receives_its_assignment_whole() -> None:
    ours, theirs = make_handover()
    with ours, theirs:
        assignment = Assignment(dsn="postgresql://x", settings={"base_url": "http://127.0.0.1:1", "pool_size": 3})
        send_assignment(ours, assignment)
        assert receive_assignment(theirs) == assignment


def test_a_worker_whose_supervisor_has_gone_is_told_so() -> None:
    ours, theirs = make_handover()
    ours.close()
    with theirs, pytest.raises(EOFError):
        receive_assignment(theirs)


def test_connections_that_are_handed_over_work_on_the_other_side() -> None:
    ours, theirs = make_handover()
    theirs.setblocking(False)
    with ours, theirs:
        assert take_over(theirs) == []
        far_ends = []
        for _ in range(3):
            near, far = socket.socketpair()
            with near:
                hand_over(ours, near)
            far_ends.append(far)
        taken = take_over(theirs) or []
        while len(taken) < 3:
            taken += take_over(theirs) or []
        for number, (connection, far) in enumerate(zip(taken, far_ends, strict=True)):
            connection.sendall(b"%d" % number)
            assert far.recv(9) == b"%d" % number
            connection.close()
            far.close()
        ours.close()
        assert take_over(theirs) is None


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9999)), max_size=20), st.integers(1, 30))
def test_however_the_states_arrive_the_newest_whole_one_is_known(states: list[tuple[int, int]], size: int) -> None:
    ours, theirs = make_handover()
    with ours, theirs:
        for each in states:
            send_state(theirs, WorkerState(*each))
        theirs.close()
        newest, rest = None, b""
        while received := ours.recv(size):
            state, rest = last_state(rest + received)
            newest = state or newest
    assert newest == (WorkerState(*states[-1]) if states else None)
    assert rest == b""
