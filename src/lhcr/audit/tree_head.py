"""A tree head: size and root of the log's tree (RFC 6962)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`note` is the signed note that says so, where somebody kept the head in this form."""

    tree_size: int
    root_hash: bytes
    note: str = ""
