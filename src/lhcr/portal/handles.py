"""Handles: what an entry is called in a page's address, so that no identifier of a source stands there.

Hazard: a source that makes its ids from NHS numbers would put them into browser histories and proxy logs.
"""

from hashlib import blake2b


def handle_of(reference: str) -> str:
    """Sixteen hexadecimal digits for a reference such as `Condition/abc`."""
    return blake2b(reference.encode(), digest_size=8).hexdigest()
