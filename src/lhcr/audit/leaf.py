"""A leaf of the log's tree: it commits to an entry's place and salted digest, never to its text.

The text can therefore be disposed of when its retention ends, while every proof still holds; and without the salt, which goes
with it, nobody can try out what it said.
"""

from lhcr.audit.merkle import leaf_hash


def entry_leaf(*, writer_id: int, seq: int, digest: bytes) -> bytes:
    return leaf_hash(writer_id.to_bytes(8, "big") + seq.to_bytes(8, "big") + digest)
