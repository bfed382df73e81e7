"""The command is told as it can be typed: a line that is copied from the terminal must run."""

from pathlib import Path

import pytest

from lhcr.cli.own_name import own_name


@pytest.fixture
def script(tmp_path: Path) -> Path:
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "lhcr").touch(mode=0o755)
    return folder / "lhcr"


def test_a_command_that_is_on_the_path_is_told_by_its_name(script: Path) -> None:
    assert own_name(script=script, search_path=str(script.parent)) == "lhcr"


def test_a_command_below_the_current_folder_is_told_by_the_way_to_it(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert own_name(script=script, search_path="/nowhere") == ".venv/bin/lhcr"


def test_a_command_elsewhere_is_told_by_its_whole_path(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert own_name(script=script, search_path="/nowhere") == str(script)


def test_another_command_of_that_name_on_the_path_is_not_taken_for_this_one(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / "lhcr").touch(mode=0o755)
    assert own_name(script=script, search_path=str(other)) == ".venv/bin/lhcr"


def test_the_way_to_a_command_in_the_current_folder_is_one_that_a_shell_runs(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(script.parent)
    assert own_name(script=script, search_path="/nowhere") == "./lhcr"


def test_a_path_with_a_blank_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my programs"
    folder.mkdir()
    (folder / "lhcr").touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    assert own_name(script=folder / "lhcr", search_path="/nowhere") == "'my programs/lhcr'"


def test_a_program_without_its_command_is_told_by_the_name(tmp_path: Path) -> None:
    assert own_name(script=tmp_path / "lhcr", search_path="/nowhere") == "lhcr"
