"""Heads reach witnesses, who bind the log to them, and no witness holds up the record."""

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.audit.made_log import honest

from lhcr.audit import witness_folder
from lhcr.audit.tree_head import Head
from lhcr.audit.witness_folder import WitnessFolders, hand_head
from lhcr.audit.witness_head import read_witness, read_witness_path
from lhcr.kernel.errors import Incorrect

LOG = honest(9)
NOTES = [note for _, note in LOG.signed]


def until(holds: Callable[[], object]) -> None:
    ending = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < ending
        time.sleep(0.01)


def hand_until(folders: WitnessFolders, note: str, holds: Callable[[], object]) -> None:
    """Hand a head on as a sequencer does, again and again: an earlier attempt may still be under way."""

    def attempt() -> object:
        folders.hand_on(note)
        return holds()

    until(attempt)


def handed(folder: Path) -> list[Head]:
    return [read_witness(file.read_text()) for file in sorted(folder.rglob("*.head"))]


def test_a_head_that_was_handed_over_is_read_back_and_the_log_is_held_to_it(tmp_path: Path) -> None:
    for note in (*NOTES, NOTES[0]):
        hand_head(tmp_path, note)
    heads = read_witness_path(tmp_path)
    assert [head.note for head in heads] == NOTES
    assert LOG.verdict(witnessed=tuple(heads)).witnessed_to == 9
    assert not honest(8).verdict(witnessed=tuple(heads)).intact
    assert read_witness_path(min(tmp_path.rglob("*.head"))) == heads[:1]


def test_a_head_that_a_witness_has_is_never_written_over(tmp_path: Path) -> None:
    file = hand_head(tmp_path, NOTES[0])
    file.write_text("kept")
    assert hand_head(tmp_path, NOTES[0]).read_text() == "kept"


def test_each_folder_gets_a_head_now_and_then_and_the_newest_in_place_of_those_between(tmp_path: Path) -> None:
    folders = WitnessFolders([tmp_path])
    folders.hand_on(NOTES[0])
    until(lambda: handed(tmp_path))
    for note in NOTES[1:4]:
        folders.hand_on(note)
    assert len(handed(tmp_path)) == 1
    folders._turns[0]._handed_at -= 60
    hand_until(folders, NOTES[5], lambda: len(handed(tmp_path)) == 2)
    assert [head.note for head in handed(tmp_path)] == [NOTES[0], NOTES[5]]


def test_a_folder_that_is_not_there_is_told_and_tried_again_and_never_made(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "not mounted"
    folders = WitnessFolders([folder], every_seconds=0)
    with caplog.at_level(logging.WARNING):
        for _ in range(10):
            folders.hand_on(NOTES[0])
            time.sleep(0.01)
        assert not folder.exists()
        told = caplog.text.count("takes no head")
        assert 1 <= told <= 4
        folder.mkdir()
        hand_until(folders, NOTES[1], lambda: handed(folder))
        until(lambda: "takes heads again" in caplog.text)


def test_a_folder_that_hangs_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(folder: Path, note: str) -> None:
        if folder.name == "hangs":
            released.wait(10)
        else:
            hand_head(folder, note)

    monkeypatch.setattr(witness_folder, "hand_head", hang)
    (tmp_path / "hangs").mkdir()
    (tmp_path / "other").mkdir()
    folders = WitnessFolders([tmp_path / "hangs", tmp_path / "other"], every_seconds=0)
    began = time.monotonic()
    before = threading.active_count()
    for note in NOTES:
        folders.hand_on(note)
    assert time.monotonic() - began < 1
    assert threading.active_count() <= before + 2
    until(lambda: handed(tmp_path / "other"))
    released.set()


def test_no_half_written_head_is_left_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        hand_head(tmp_path, NOTES[0])
    assert handed(tmp_path) == []


@pytest.mark.parametrize(
    "text", ["", "x", "5:", "5:zz", f"-5:{'0' * 64}", f"٥:{'0' * 64}", "5:" + "0" * 63, NOTES[0][:-30]]
)
def test_what_is_no_head_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Incorrect):
        read_witness(text)
    (tmp_path / "x.head").write_text(text)
    with pytest.raises(Incorrect):
        read_witness_path(tmp_path)


def test_a_folder_without_a_head_and_a_file_that_is_not_text_are_told(tmp_path: Path) -> None:
    with pytest.raises(Incorrect, match="holds no head"):
        read_witness_path(tmp_path)
    (tmp_path / "x.head").write_bytes(b"\xff")
    with pytest.raises(Incorrect, match=r"x\.head"):
        read_witness_path(tmp_path / "x.head")
    with pytest.raises(Incorrect, match="gone"):
        read_witness_path(tmp_path / "gone")


def test_a_head_is_taken_by_its_size_and_root() -> None:
    assert read_witness(f" 12:{'ab' * 32}\n") == Head(tree_size=12, root_hash=b"\xab" * 32)
