"""One server for several programs: started by the first, stopped by the last."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lhcr.store.embedded import EmbeddedPostgres, State

Query = Callable[[str, str], str]


def test_the_server_lives_until_its_last_user_leaves_whoever_started_it(
    data_dir: Path, start_user: Any, query: Query
) -> None:
    starter = start_user(data_dir)
    pid = starter.answer()["pid"]
    guest = EmbeddedPostgres(data_dir, durable=False)
    guest.start()
    assert guest.status().pid == pid
    starter.leave()
    assert query(guest.dsn(), "SELECT 1") == "1"
    guest.stop()
    assert guest.status().state is State.STOPPED


def test_a_guest_who_leaves_takes_nothing_away(data_dir: Path, start_user: Any, query: Query) -> None:
    host = EmbeddedPostgres(data_dir, durable=False)
    host.start()
    guest = start_user(data_dir)
    guest.answer()
    guest.leave()
    assert host.status().in_use
    assert query(host.dsn(), "SELECT 1") == "1"


def test_four_programs_that_start_at_once_share_one_server(data_dir: Path, start_user: Any) -> None:
    users = [start_user(data_dir) for _ in range(4)]
    assert len({user.answer()["pid"] for user in users}) == 1
    for user in users:
        user.leave()
    assert EmbeddedPostgres(data_dir, durable=False).status().state is State.STOPPED


def test_a_killed_user_does_not_keep_the_server_up(data_dir: Path, start_user: Any) -> None:
    host = EmbeddedPostgres(data_dir, durable=False)
    host.start()
    guest = start_user(data_dir)
    guest.answer()
    guest.process.kill()
    guest.process.wait()
    host.stop()
    assert host.status().state is State.STOPPED


def test_leaving_twice_leaves_once(data_dir: Path) -> None:
    host, guest = EmbeddedPostgres(data_dir, durable=False), EmbeddedPostgres(data_dir, durable=False)
    host.start()
    guest.start()
    guest.stop()
    guest.stop()
    assert host.status().state is State.ACCEPTING
    host.stop()
    assert host.status().state is State.STOPPED
