"""A signed head, pure: size and root of the log's tree, its number and its time, as a C2SP checkpoint that the area signs.

The lines beyond the root are the checkpoint's extension lines: other readers pass them over and still verify the signature.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lhcr.audit.merkle import HASH_BYTES
from lhcr.audit.signed_note import decoded

_TEXT: Final = re.compile(
    r"(?P<origin>[^\s+]{1,200})\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"number (?P<number>[1-9][0-9]{0,17})\ntime (?P<time>[0-9T:.-]{26})Z\n"
    r"(?P<behind>behind\n)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """What a signed head says. `number` counts the heads of a log from 1; `recorded` is in UTC.

    `behind` is said while entries still wait for their place: then entries that come after the head may be long before it.
    """

    origin: str
    tree_size: int
    root_hash: bytes
    number: int
    recorded: datetime
    behind: bool = False

    @property
    def text(self) -> str:
        root = base64.b64encode(self.root_hash).decode()
        said = f"{self.origin}\n{self.tree_size}\n{root}\nnumber {self.number}\ntime {time_text(self.recorded)}\n"
        return said + "behind\n" if self.behind else said

    @classmethod
    def read(cls, text: str) -> "SignedHead":
        """Return the head that a note's text says. Raises ValueError where it is not one, or not as `text` writes it."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("this is not the head of a log")
        head = cls(
            origin=found["origin"],
            tree_size=int(found["size"]),
            root_hash=decoded(found["root"]),
            number=int(found["number"]),
            recorded=read_time(found["time"]),
            behind=found["behind"] is not None,
        )
        if head.text != text or len(head.root_hash) != HASH_BYTES:
            raise ValueError("this is not how a head is written")
        return head


def time_text(instant: datetime) -> str:
    """Return an instant in UTC with microseconds, always in the same 27 characters."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
