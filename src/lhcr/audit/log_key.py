"""The keys of a log, pure: each says in a signed note from which head on it signs, and each is vouched for by the one before.

The log's origin is made from its first key, so that nobody who has another key can pass another log off as this one.
"""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lhcr.audit.signed_head import read_time, time_text
from lhcr.audit.signed_note import PrivateKey, PublicKey, read_note, sign_note

_TEXT: Final = re.compile(
    r"(?P<origin>[^\s+]{1,200})\nlhcr log key\nkey (?P<number>[1-9][0-9]{0,8})\n(?P<key>[A-Za-z0-9+/=]{44})\n"
    r"after head (?P<after>0|[1-9][0-9]{0,17})\ntime (?P<time>[0-9T:.-]{26})Z\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKey:
    """A key of the log: it signs the heads after number `after`, until the next key does."""

    number: int
    public: PublicKey
    after: int
    recorded: datetime

    @property
    def text(self) -> str:
        return (
            f"{self.public.name}\nlhcr log key\nkey {self.number}\n{self.public.encoded}\n"
            f"after head {self.after}\ntime {time_text(self.recorded)}\n"
        )


@dataclass(frozen=True, slots=True)
class KeyChain:
    """All keys of a log, in order."""

    keys: tuple[LogKey, ...]

    @property
    def origin(self) -> str:
        return self.keys[0].public.name

    @property
    def newest(self) -> LogKey:
        return self.keys[-1]

    def of_head(self, number: int) -> LogKey:
        """Return the one key that may sign this head."""
        return self.keys[max(bisect_left(self.keys, number, key=lambda key: key.after) - 1, 0)]

    @classmethod
    def read(cls, statements: Sequence[str]) -> "KeyChain":
        """Return the chain that statements make. Raises ValueError, with a sentence, where a link does not hold."""
        if not statements:
            raise ValueError("The log has no key.")
        keys: list[LogKey] = []
        for statement in statements:
            keys.append(_linked(statement, keys))
        return cls(tuple(keys))


def origin_of(secret: bytes) -> str:
    """Return the origin of the log whose first key this is."""
    raw = PrivateKey("unnamed", secret).public.raw
    return f"lhcr-log/{hashlib.sha256(raw).hexdigest()[:32]}"


def first_statement(secret: bytes, *, after: int, now: datetime) -> str:
    """Return what a log's first key says of itself."""
    key = PrivateKey(origin_of(secret), secret)
    return sign_note(LogKey(number=1, public=key.public, after=after, recorded=now).text, key)


def next_statement(chain: KeyChain, *, old: bytes, new: bytes, after: int, now: datetime) -> str:
    """Return what the next key says, signed by the newest key of the chain and by itself."""
    before, key = PrivateKey(chain.origin, old), PrivateKey(chain.origin, new)
    said = LogKey(number=chain.newest.number + 1, public=key.public, after=after, recorded=now)
    return sign_note(said.text, before, key)


def _linked(statement: str, before: Sequence[LogKey]) -> LogKey:
    try:
        note = read_note(statement)
        key = _read(note.text)
    except ValueError:
        raise ValueError(f"Key {len(before) + 1} is not written as a key of a log is.") from None
    if key.number != len(before) + 1:
        raise ValueError(f"Key {key.number} stands where key {len(before) + 1} belongs.")
    if not note.signed_by(key.public):
        raise ValueError(f"Key {key.number} did not sign its own statement.")
    if not before and key.public.name != f"lhcr-log/{hashlib.sha256(key.public.raw).hexdigest()[:32]}":
        raise ValueError("The log's origin is not that of its first key.")
    if before and not note.signed_by(before[-1].public):
        raise ValueError(f"Key {key.number} is not vouched for by the key before it.")
    if before and key.after < before[-1].after:
        raise ValueError(f"Key {key.number} begins before the key that vouches for it.")
    return key


def _read(text: str) -> LogKey:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError("this is not a key of a log")
    key = LogKey(
        number=int(found["number"]),
        public=PublicKey.decode(found["origin"], found["key"]),
        after=int(found["after"]),
        recorded=read_time(found["time"]),
    )
    if key.text != text:
        raise ValueError("this is not how a key is written")
    return key
