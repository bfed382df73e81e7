"""File locks: shared by many or held by one, let go of by the death of the holder, and never of another file."""

import subprocess
import sys
from pathlib import Path

import pytest

from lhcr.store.embedded.locks import FileLock, held_alone

_HOLDER = """
import sys, time
from pathlib import Path
from lhcr.store.embedded.locks import FileLock
FileLock(Path(sys.argv[1])).hold_alone()
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.lock"


def test_one_who_holds_alone_keeps_everybody_else_out(path: Path) -> None:
    first, second = FileLock(path), FileLock(path)
    assert first.try_hold_alone()
    assert not second.try_hold_alone()
    first.release()
    assert second.try_hold_alone()


def test_many_share_and_nobody_holds_alone_beside_them(path: Path) -> None:
    sharing = [FileLock(path) for _ in range(3)]
    for lock in sharing:
        lock.share()
    alone = FileLock(path)
    assert not alone.try_hold_alone()
    for lock in sharing[:-1]:
        lock.release()
    assert not alone.try_hold_alone()
    sharing[-1].release()
    assert alone.try_hold_alone()


def test_a_lock_says_whether_it_is_held(path: Path) -> None:
    lock = FileLock(path)
    told = [lock.held]
    lock.share()
    told.append(lock.held)
    lock.release()
    assert [*told, lock.held] == [False, True, False]


def test_one_who_cannot_hold_alone_does_not_go_on_sharing_either(path: Path) -> None:
    """Whoever finds others there leaves, so that the last to leave can stop the server."""
    first, second = FileLock(path), FileLock(path)
    first.share()
    second.share()
    assert not first.try_hold_alone()
    assert not first.held
    assert second.try_hold_alone()


def test_letting_go_of_what_is_not_held_does_nothing(path: Path) -> None:
    lock = FileLock(path)
    lock.release()
    lock.release()
    assert not path.exists()


def test_a_lock_is_let_go_of_when_its_holder_is_killed(path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not FileLock(path).try_hold_alone()
    finally:
        holder.kill()
        holder.communicate()
    assert FileLock(path).try_hold_alone()


def test_the_file_stays_and_is_open_to_its_owner_alone(path: Path) -> None:
    with held_alone(path):
        assert path.stat().st_mode & 0o777 == 0o600
    assert path.exists()


def test_holding_for_a_while_ends_however_it_ends(path: Path) -> None:
    with pytest.raises(RuntimeError), held_alone(path):
        raise RuntimeError
    assert FileLock(path).try_hold_alone()


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path: Path, path: Path) -> None:
    """Hazard: root would open, and give away, whatever file somebody linked to."""
    precious = tmp_path / "precious"
    precious.write_text("x", encoding="utf-8")
    path.symlink_to(precious)
    lock = FileLock(path)
    with pytest.raises(OSError):
        lock.try_hold_alone()
    assert not lock.held
    assert precious.read_text(encoding="utf-8") == "x"
