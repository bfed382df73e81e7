"""What is left when the server, or the program that started it, is killed."""

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lhcr.store.embedded import EmbeddedPostgres, State, processes
from lhcr.store.embedded.processes import survivors
from lhcr.store.embedded.supervise import keep_running

Query = Callable[[str, str], str]


def _kill_postmaster(server: EmbeddedPostgres) -> int:
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while server.status().pid == pid:
        time.sleep(0.01)
    return pid


def test_a_killed_server_is_reported_as_crashed_and_loses_nothing_committed(data_dir: Path, query: Query) -> None:
    """Hazard: a dead database reported as up, or committed entries lost."""
    server = EmbeddedPostgres(data_dir)
    query(server.start(), "CREATE TABLE thing AS SELECT generate_series(1, 50000) AS n")
    killed = _kill_postmaster(server)
    assert server.status().state is State.CRASHED
    assert query(server.start(), "SELECT count(*) FROM thing") == "50000"
    assert server.status().pid not in {None, killed}


def test_the_same_holds_for_a_new_program_after_both_were_killed(data_dir: Path, start_user: Any, query: Query) -> None:
    first = start_user(data_dir)
    answer = first.answer()
    query(answer["dsn"], "CREATE TABLE thing AS SELECT generate_series(1, 1000) AS n")
    first.process.kill()
    os.kill(int(answer["pid"]), signal.SIGKILL)
    with EmbeddedPostgres(data_dir, durable=False) as server:
        assert query(server.dsn(), "SELECT count(*) FROM thing") == "1000"


def test_a_server_whose_program_was_killed_is_adopted_and_then_stopped(
    data_dir: Path, start_user: Any, query: Query
) -> None:
    first = start_user(data_dir)
    answer = first.answer()
    first.process.kill()
    first.process.wait()
    server = EmbeddedPostgres(data_dir, durable=False)
    status = server.status()
    assert (status.state, status.pid, status.in_use) == (State.ACCEPTING, answer["pid"], False)
    assert query(server.start(), "SELECT 1") == "1"
    assert server.status().pid == answer["pid"]
    server.stop()
    assert server.status().state is State.STOPPED
    assert survivors(data_dir / "postgres" / "16") == []


def test_control_c_stops_the_server_in_good_order(data_dir: Path, start_user: Any) -> None:
    user = start_user(data_dir)
    user.answer()
    os.killpg(user.process.pid, signal.SIGINT)
    user.process.wait(timeout=60)
    assert EmbeddedPostgres(data_dir, durable=False).status().state is State.STOPPED


def test_a_pid_file_that_names_a_strangers_process_stops_nobody_from_starting(data_dir: Path, query: Query) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    server.start()
    _kill_postmaster(server)
    pid_file = data_dir / "postgres" / "16" / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = pid_file.read_text().split("\n")
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        assert server.status().state is State.CRASHED
        assert query(server.start(), "SELECT 1") == "1"
        server.stop()
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("text", ["", "not a number\n", "-1\n", "99999999999999999999\n", "\x00\n"])
def test_a_damaged_pid_file_is_no_server(data_dir: Path, query: Query, text: str) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    server.start()
    server.stop()
    (data_dir / "postgres" / "16" / "postmaster.pid").write_text(text)
    assert server.status().pid is None
    assert query(server.start(), "SELECT 1") == "1"


def test_processes_that_outlive_their_postmaster_are_ended_before_the_next_start(
    data_dir: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: two servers writing the same files."""
    server = EmbeddedPostgres(data_dir, durable=False)
    dsn = server.start()
    cluster = data_dir / "postgres" / "16"
    postmaster = server.status().pid
    monkeypatch.setattr(processes, "_PATIENCE", 0.2)
    orphans = [pid for pid in survivors(cluster) if pid != postmaster]
    assert orphans
    os.kill(orphans[0], signal.SIGSTOP)
    _kill_postmaster(server)
    assert orphans[0] in survivors(cluster)
    server.start()
    assert orphans[0] not in survivors(cluster)
    assert query(dsn, "SELECT 1") == "1"


def test_starting_waits_for_a_server_that_is_not_ready_for_as_long_as_it_lives(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    server.start()
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert server.status().state is State.BUSY
    told: list[float] = []
    waker = threading.Timer(1.6, os.kill, (pid, signal.SIGCONT))
    waker.start()
    EmbeddedPostgres(data_dir, durable=False).start(on_wait=told.append)
    waker.join()
    assert told
    assert server.status().pid == pid


async def test_a_server_that_dies_is_started_again_while_a_program_runs(data_dir: Path, query: Query) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    dsn = server.start()
    restarted = asyncio.Event()
    keeper = asyncio.create_task(keep_running(server, on_restart=restarted.set, every=0.05))
    _kill_postmaster(server)
    await asyncio.wait_for(restarted.wait(), timeout=60)
    keeper.cancel()
    assert query(dsn, "SELECT 1") == "1"
    server.stop()


def test_a_creation_that_was_interrupted_is_begun_anew(data_dir: Path, query: Query) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    server.start()
    server.stop()
    cluster = data_dir / "postgres" / "16"
    cluster.rename(data_dir / "postgres" / "initialising-half")
    (data_dir / "postgres" / "initialising-half" / "PG_VERSION").unlink()
    assert query(server.start(), "SELECT 1") == "1"
    assert not list((data_dir / "postgres").glob("initialising-*"))


def test_a_server_that_cannot_start_says_why_and_keeps_the_files(data_dir: Path) -> None:
    from lhcr.kernel.errors import Unavailable

    server = EmbeddedPostgres(data_dir, durable=False)
    server.start()
    server.stop()
    control = data_dir / "postgres" / "16" / "global" / "pg_control"
    control.rename(control.with_suffix(".away"))
    with pytest.raises(Unavailable, match="pg_control") as caught:
        server.start()
    assert caught.value.issues[0].error == "embedded-does-not-start"
    assert not server.status().in_use
    control.with_suffix(".away").rename(control)
    server.start()


def test_an_interrupted_start_leaves_no_server_that_nobody_uses(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    server.start()
    pid = server.status().pid
    server._use.release()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    waker = threading.Timer(1.6, os.kill, (pid, signal.SIGCONT))
    waker.start()

    def interrupt(_elapsed: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        EmbeddedPostgres(data_dir, durable=False).start(on_wait=interrupt)
    waker.join()
    assert server.status().state is State.STOPPED
