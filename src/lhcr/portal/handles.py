"""Handles: what an entry is called in a page's address, so that no identifier of a source stands there.

Hazard: a source that makes its ids from NHS numbers would put them into browser histories and proxy logs.
"""

from hashlib import blake2b

_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")


def handle_of(reference: str) -> str:
    """Sixteen letters for a reference such as `Condition/abc`.

    Letters alone, so that nothing in an address can be taken for a number that belongs to somebody.
    """
    return blake2b(reference.encode(), digest_size=8).hexdigest().translate(_LETTERS)
