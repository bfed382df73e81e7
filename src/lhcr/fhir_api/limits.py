"""The limits of one worker: how much a caller may send at once, so that everybody else is served on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`body`: bytes of one body. `bodies`: bytes of large bodies that one worker holds at once.

    `values`: members and items of one body. `entries`: of one Bundle.
    """

    body: int = 50 * 1024 * 1024
    bodies: int = 50 * 1024 * 1024
    values: int = 500_000
    entries: int = 5_000
