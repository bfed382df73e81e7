"""Handing heads to witnesses: folders that somebody else keeps, each given a head a minute, without ever holding up the record.

A later head stands for all earlier ones, so that what could not be handed over is not kept: the next one is handed in its place.
A folder may hang, as on a machine that is gone, so each has a thread of its own, and at most one.
"""

import logging
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import read_note
from lhcr.audit.witness_head import HEAD_FILE

_LOG: Final = logging.getLogger(__name__)
_EVERY_SECONDS: Final = 50.0


class WitnessFolders:
    """`hand_on` is given each signed head and returns at once; `every_seconds` is how seldom a folder gets one."""

    def __init__(self, folders: Sequence[Path], *, every_seconds: float = _EVERY_SECONDS) -> None:
        self._turns = [_Turn(folder, every_seconds=every_seconds) for folder in folders]

    def hand_on(self, note: str) -> None:
        for turn in self._turns:
            turn.hand_on(note)


def folders_of(setting: str) -> list[Path]:
    """Return the folders that a setting names, with : between them."""
    return [Path(folder) for folder in setting.split(":") if folder]


class _Turn:
    """One folder's turn: nothing is begun while an earlier attempt is under way, nor too soon after one that succeeded."""

    def __init__(self, folder: Path, *, every_seconds: float) -> None:
        self._folder = folder
        self._every = every_seconds
        self._handed_at = -every_seconds
        self._failures = 0
        self._begun: threading.Thread | None = None

    def hand_on(self, note: str) -> None:
        under_way = self._begun is not None and self._begun.is_alive()
        if under_way or time.monotonic() - self._handed_at < self._every:
            return
        # A thread of a program that ends is not waited for: the folder may never answer.
        self._begun = threading.Thread(target=self._try, args=(note,), daemon=True, name="witness")
        self._begun.start()

    def _try(self, note: str) -> None:
        try:
            hand_head(self._folder, note)
        except OSError as error:
            self._failures += 1
            # Told at the first failure and ever more seldom after it.
            if self._failures.bit_count() == 1:
                times, reason = self._failures, error.strerror
                _LOG.warning("the witness %s takes no head (%s), tried %d times", self._folder, reason, times)
            return
        if self._failures:
            _LOG.warning("the witness %s takes heads again", self._folder)
        self._failures, self._handed_at = 0, time.monotonic()


def hand_head(folder: Path, note: str) -> Path:
    """Write a head into a witness's folder, whole or not at all, and return its file. Raises OSError.

    The folder itself is never made: one that is not mounted would be made on this machine, where it is no witness. A head that
    is there already is left as it is.
    """
    head = SignedHead.read(read_note(note).text)
    place = folder / head.origin.replace("/", "-") / f"{head.recorded:%Y-%m-%d}"
    if not folder.is_dir():
        raise FileNotFoundError(2, "there is no such folder")
    place.mkdir(parents=True, exist_ok=True)
    file = place / f"{head.number:012}{HEAD_FILE}"
    if file.exists():
        return file
    begun = file.with_suffix(f".{os.getpid()}.begun")
    with begun.open("w", encoding="utf-8", newline="\n") as writing:
        writing.write(note)
        writing.flush()
        os.fsync(writing.fileno())
    begun.replace(file)
    return file
