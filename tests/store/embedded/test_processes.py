"""Living processes of a cluster: known by name and folder, so that nobody else's is ever ended."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lhcr.store.embedded.processes import end_survivors, is_alive, survivors

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are told apart by /proc")


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    folder = tmp_path / "16"
    folder.mkdir()
    return folder


@pytest.fixture
def sleeper(tmp_path: Path, cluster: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that looks like PostgreSQL's: its name and its folder are right."""
    yield from started(tmp_path / "postgres", cluster)


def started(program: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    process = subprocess.Popen([str(program), "60"], cwd=folder)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{process.pid}/comm").read_text(encoding="utf-8").strip() != program.name:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_process_of_that_name_in_that_folder_is_one_of_the_cluster(
    sleeper: subprocess.Popen[bytes], cluster: Path
) -> None:
    assert is_alive(sleeper.pid, cluster)
    assert survivors(cluster) == [sleeper.pid]


def test_the_same_process_is_none_of_another_cluster(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """Hazard: stopping one area's database would stop its neighbour's on the same machine."""
    other = tmp_path / "other"
    other.mkdir()
    assert not is_alive(sleeper.pid, other)
    assert survivors(other) == []
    assert not is_alive(sleeper.pid, tmp_path / "gone")


def test_a_process_of_another_name_in_the_folder_is_not_touched(tmp_path: Path, cluster: Path) -> None:
    """Somebody's shell may well stand in that folder."""
    processes = started(tmp_path / "bash", cluster)
    process = next(processes)
    assert not is_alive(process.pid, cluster)
    end_survivors(cluster)
    assert process.poll() is None
    processes.close()  # type: ignore[attr-defined]


def test_a_dead_process_that_nobody_has_reaped_is_not_alive(sleeper: subprocess.Popen[bytes], cluster: Path) -> None:
    os.kill(sleeper.pid, 9)
    deadline = time.monotonic() + 5
    while is_alive(sleeper.pid, cluster):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert Path(f"/proc/{sleeper.pid}/stat").exists()


def test_a_number_that_nobody_has_is_not_alive(cluster: Path) -> None:
    assert not is_alive(2**22 + 1, cluster)


def test_whatever_was_left_behind_is_ended(sleeper: subprocess.Popen[bytes], cluster: Path) -> None:
    end_survivors(cluster)
    assert survivors(cluster) == []
    assert sleeper.wait(5) != 0
