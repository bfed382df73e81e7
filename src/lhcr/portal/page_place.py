"""Where a page of the log goes on, as letters in an address, so that nothing there can be taken for somebody's number."""

import re
import struct
from datetime import UTC, datetime, timedelta
from typing import Final

from lhcr.audit.reader import Position

_DIGITS, _LETTERS = "0123456789abcdef", "bcdfghjklmnpqrst"
_TO_LETTERS, _TO_DIGITS = str.maketrans(_DIGITS, _LETTERS), str.maketrans(_LETTERS, _DIGITS)
_FORM: Final = re.compile(f"[{_LETTERS}]{{48}}")
_PACKED: Final = struct.Struct(">Qqq")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def in_letters(event_id: str) -> str:
    """Return the id of an entry of the log with letters in place of its digits."""
    return event_id.translate(_TO_LETTERS)


def event_id_of(letters: str) -> str:
    return letters.translate(_TO_DIGITS)


def written(position: Position) -> str:
    microseconds = (position.recorded - _EPOCH) // _MICROSECOND
    return _PACKED.pack(microseconds, position.writer_id, position.seq).hex().translate(_TO_LETTERS)


def read(place: str) -> Position | None:
    """Return the position that an address names; None for anything else, which is the first page."""
    if not _FORM.fullmatch(place):
        return None
    microseconds, writer_id, seq = _PACKED.unpack(bytes.fromhex(place.translate(_TO_DIGITS)))
    try:
        return Position(recorded=_EPOCH + microseconds * _MICROSECOND, writer_id=writer_id, seq=seq)
    except OverflowError:
        return None
