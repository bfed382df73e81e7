"""The database is killed and started again: callers are told so meanwhile, workers come back by themselves, and nothing acknowledged is lost."""

import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
from tests.faults.conftest import Breakable, breakable_area
from tests.faults.ledger import check_ledger
from tests.faults.stream import await_more, streaming
from tests.interoperability.live_area import LiveArea
from tests.interoperability.outcomes import codes_of

#: How long a caller may wait for the answer that the record is away.
PATIENCE_SECONDS = 5


@pytest.fixture(scope="module")
def breakable() -> Iterator[Breakable]:
    with breakable_area() as made:
        yield made


def kill(breakable: Breakable) -> None:
    pid = breakable.server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def health(area: LiveArea, name: str) -> int:
    return httpx.get(f"http://127.0.0.1:{area.port}/health/{name}", timeout=30).status_code


def await_ready(area: LiveArea, *, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while any(health(area, "ready") != 200 for _ in range(4)):
        assert time.monotonic() < until, "the workers did not come back"
        time.sleep(0.1)


def test_while_the_database_is_away_every_caller_is_told_so_at_once(breakable: Breakable) -> None:
    area = breakable.area
    hospital = area.caller("hospital")
    ward = hospital.create({"resourceType": "Organization", "name": "Ward"})
    path, bundle = f"/Organization/{ward['id']}", {"resourceType": "Bundle", "type": "batch", "entry": []}
    workers = set(area.served.pids)
    kill(breakable)
    try:
        for _ in range(3):  # Both workers, with connections that they know to be dead and with new ones.
            caller = area.caller("hospital")
            began = time.monotonic()
            answers = [
                caller.get(path),
                caller.get("/Organization?name=Ward"),
                caller.get(f"{path}/_history"),
                caller.send("POST", "/Organization", {"resourceType": "Organization", "name": "New"}),
                caller.send("PUT", path, {**ward, "name": "New"}),
                caller.ask("DELETE", path),
            ]
            assert time.monotonic() - began < PATIENCE_SECONDS
            for answer in answers:
                assert codes_of(answer, 503) & {"record-unavailable", "log-unavailable", "facts-unavailable"}, (
                    answer.text
                )
                assert answer.headers["retry-after"]
            # It asks for nothing, but whether the token was revoked cannot be looked up.
            assert caller.send("POST", "", bundle).status_code == 503
            assert caller.get("/metadata").status_code == 200
            assert (health(area, "live"), health(area, "ready")) == (200, 503)
    finally:
        breakable.server.start()
    await_ready(area)
    assert area.caller("hospital").get(path).json() == ward
    assert set(area.served.pids) == workers
    assert area.served.restarts == []


def test_what_was_acknowledged_before_the_database_died_is_there_after_it(breakable: Breakable) -> None:
    """Hazard: a record that somebody was told is kept, or an access that nobody can be told of."""
    area = breakable.area
    workers = set(area.served.pids)
    with streaming(area) as stream:
        for _ in range(2):
            await_more(stream, 40)
            kill(breakable)
            time.sleep(0.3)
            breakable.server.start()
            await_more(stream, 20)
    assert stream.refusals.keys() == {503}
    assert stream.lost == 0
    assert stream.slowest < 10
    assert set(area.served.pids) == workers
    check_ledger(area, stream)


def test_a_database_that_ends_its_connections_is_no_failure_of_ours(breakable: Breakable) -> None:
    """As when an operator restarts it, or a firewall forgets."""
    area = breakable.area
    with streaming(area) as stream:
        for _ in range(5):
            await_more(stream, 10)
            area.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        await_more(stream, 10)
    assert stream.refusals.keys() <= {503}
    check_ledger(area, stream)
