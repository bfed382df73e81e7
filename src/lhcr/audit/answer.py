"""An answer that is ready and not yet released: what an edge would send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`status` is an HTTP status; `headers` in the order sent; `body` in chunks, so that stored bodies need no copying."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: tuple[bytes, ...] = ()
