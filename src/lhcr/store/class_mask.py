"""The permitted access classes as a string of bits, so that a row's class is judged at the same cost however many are permitted.

An area has a class for every source, category and set of labels: a decision may permit thousands. `class = ANY (...)` would
send them all and walk through them for each row of each hop.
"""

from functools import lru_cache


@lru_cache(maxsize=4096)
def class_mask(classes: tuple[int, ...]) -> bytes:
    """Return bytes whose bit `n`, as PostgreSQL's get_bit counts, says whether class `n` is permitted. There is no class below 0."""
    mask = bytearray(max(classes, default=0) // 8 + 1)
    for number in classes:
        mask[number // 8] |= 1 << number % 8
    return bytes(mask)


def is_permitted(column: str, *, mask: str, length: str) -> str:
    """Return the condition that a class is in the mask. A class that is newer than the mask is not: hidden, never shown."""
    return f"CASE WHEN {column} < {length} THEN get_bit({mask}, {column}) = 1 ELSE false END"
