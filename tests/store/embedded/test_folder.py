"""The folder of an embedded database: closed to others, made in one step, and reached by a path short enough for a socket."""

import gc
import os
import stat
from pathlib import Path

import pytest

from lhcr.kernel.errors import Unavailable
from lhcr.store.embedded.account import Account
from lhcr.store.embedded.folder import PORT, SOCKET_PATH_LIMIT, DatabaseFolder

MYSELF = Account(os.geteuid(), os.getegid())
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def made(data_dir: Path) -> DatabaseFolder:
    folder = DatabaseFolder(data_dir)
    folder.create_data_dir()
    folder.create_postgres(MYSELF)
    return folder


def test_what_is_made_is_closed_to_others_and_what_was_there_keeps_its_mode(tmp_path: Path) -> None:
    """Hazard: a record that every user of the machine can read, or a home that root opened on its way."""
    tmp_path.chmod(0o755)
    folder = made(tmp_path / "a" / "b")
    for inner in (folder.data_dir, folder.postgres, folder.postgres / "socket", folder.log):
        assert mode(inner) == 0o700, inner
    assert mode(tmp_path) == 0o755
    folder.data_dir.chmod(0o750)
    made(folder.data_dir)
    assert mode(folder.data_dir) == 0o750


def test_making_it_again_changes_nothing_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    (folder.log / "kept").write_text("x", encoding="utf-8")
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    made(tmp_path / "data")
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


def test_a_folder_is_there_only_where_it_is_one(tmp_path: Path) -> None:
    assert not DatabaseFolder(tmp_path / "gone").exists()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert not DatabaseFolder(tmp_path / "file").exists()
    assert DatabaseFolder(tmp_path).exists()


def test_a_file_in_the_place_of_the_folder_is_said_and_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for data_dir in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(Unavailable) as caught:
            DatabaseFolder(data_dir).create_data_dir()
        assert "Nothing was changed." in caught.value.issues[0].diagnostics
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize("inner", ["postgres", "postgres/16", "postgres/socket", "postgres/log"])
def test_a_link_in_the_place_of_a_folder_is_not_followed(tmp_path: Path, inner: str) -> None:
    """Hazard: root would hand over, or write into, whatever somebody linked to."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = made(tmp_path / "data")
    place = folder.data_dir / inner
    if place.exists():
        place.rename(tmp_path / "aside")
    place.symlink_to(elsewhere)
    with pytest.raises(Unavailable) as caught:
        folder.create_postgres(MYSELF)
    assert caught.value.issues[0].error.endswith("folder-of-another-user")
    assert list(elsewhere.iterdir()) == []


@as_root
def test_root_works_in_nobody_elses_folder(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    os.chown(folder.log, 65534, 65534)
    with pytest.raises(Unavailable):
        folder.create_postgres(MYSELF)


@pytest.mark.parametrize("length", [1, 60, 200])
def test_a_socket_can_be_reached_however_long_the_path_of_the_data_is(tmp_path: Path, length: int) -> None:
    folder = made(tmp_path / ("x" * length))
    way = folder.socket_folder()
    assert way.samefile(folder.postgres / "socket")
    assert len(os.fsencode(way / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT
    assert folder.socket_folder() == way


def test_a_way_round_is_private_and_goes_with_its_folder(tmp_path: Path) -> None:
    folder = made(tmp_path / ("x" * 200))
    private = folder.socket_folder().parent
    assert private != folder.postgres
    assert mode(private) == 0o700
    del folder
    gc.collect()
    assert not private.exists()
