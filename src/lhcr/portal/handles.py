"""Handles: what an entry is called in a page's address, so that no identifier of a source stands there.

Hazard: a source that makes its ids from NHS numbers would put them into browser histories and proxy logs. A plain digest would hide
nothing: all NHS numbers, or the codes of all tests, are soon tried out. So a handle needs a secret of the area's to be made.
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

_LETTERS: Final = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")


@dataclass(frozen=True, slots=True)
class Handles:
    """The handles of one record, whose `secret` (up to 64 bytes) no other record shares."""

    secret: bytes = field(repr=False)

    def of(self, reference: str) -> str:
        """Sixteen letters for a reference such as `Condition/abc`, or for what names a test.

        Letters alone, so that nothing in an address can be taken for a number that belongs to somebody.
        """
        return blake2b(reference.encode(), digest_size=8, key=self.secret).hexdigest().translate(_LETTERS)
