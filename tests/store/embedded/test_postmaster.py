"""The postmaster of a cluster: its number is read from its file, and believed only while it is one of ours that lives."""

import os
from pathlib import Path

import pytest

from lhcr.store.embedded.postmaster import Waiting, halt, living_postmaster, recorded_postmaster


@pytest.mark.parametrize(
    ("text", "pid"),
    [
        ("123\n/data\n1700000000\n", 123),
        ("123", 123),
        # A server in single-user mode writes its number negative.
        ("-123\n/data\n", 123),
        ("", None),
        ("\n123\n", None),
        ("postgres\n", None),
    ],
)
def test_the_number_is_the_first_line_of_the_file(tmp_path: Path, text: str, pid: int | None) -> None:
    (tmp_path / "postmaster.pid").write_text(text, encoding="utf-8")
    assert recorded_postmaster(tmp_path) == pid


def test_bytes_that_are_no_text_are_no_number(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_bytes(b"\xff\xfe1")
    assert recorded_postmaster(tmp_path) is None


def test_without_a_file_there_is_no_postmaster(tmp_path: Path) -> None:
    assert recorded_postmaster(tmp_path) is None
    assert recorded_postmaster(tmp_path / "gone") is None
    assert living_postmaster(tmp_path) is None


def test_a_number_that_belongs_to_another_program_by_now_is_not_believed(tmp_path: Path) -> None:
    """Hazard: a program that has nothing to do with the database would be stopped."""
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n", encoding="utf-8")
    assert recorded_postmaster(tmp_path) == os.getpid()
    assert living_postmaster(tmp_path) is None
    halt(tmp_path, on_wait=lambda _seconds: pytest.fail("there is nothing to wait for"))


def test_a_long_wait_is_told_about_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now, told = [100.0], list[float]()
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    waiting = Waiting(told.append)
    for _ in range(80):
        waiting.pause()
    assert waiting.turns == 80
    assert [int(each) for each in told] == [1, 2, 3]
