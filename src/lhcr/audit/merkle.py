"""The Merkle tree of RFC 6962, pure: hashes, an appendable right edge, inclusion and consistency proofs and their checks.

Leaves and inner nodes hash under different prefixes, so that neither can be passed off as the other. A tree of n leaves splits
at the largest power of two smaller than n.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

HASH_BYTES: Final = 32
Range: TypeAlias = tuple[int, int]
"""Leaves from the first index up to, and without, the second."""
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: the roots of its perfect subtrees from the largest to the smallest, one for each bit of `size`."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.roots) != self.size.bit_count():
            raise ValueError("a frontier has one root for each perfect subtree")

    def append(self, leaf: bytes) -> "Frontier":
        """Return the frontier after one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """Return the frontier after these leaf hashes."""
        roots, size = list(self.roots), self.size
        for leaf in leaves:
            edge, carry = leaf, size
            while carry & 1:
                edge = node_hash(roots.pop(), edge)
                carry >>= 1
            roots.append(edge)
            size += 1
        return Frontier(size, tuple(roots))

    @property
    def root(self) -> bytes:
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root

    @property
    def encoded(self) -> bytes:
        return b"".join(self.roots)

    @classmethod
    def decode(cls, size: int, encoded: bytes) -> "Frontier":
        """Return the frontier that was encoded. Raises ValueError where the length does not fit the size."""
        if len(encoded) % HASH_BYTES:
            raise ValueError("a frontier is made of whole hashes")
        return cls(size, tuple(encoded[at : at + HASH_BYTES] for at in range(0, len(encoded), HASH_BYTES)))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    return Frontier().extend(leaves).root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return PATH(m, D[n]) of RFC 6962 2.1.1 over leaf hashes, 0 <= index < len(leaves)."""
    return tuple(root_of(leaves[start:stop]) for start, stop in inclusion_ranges(len(leaves), index))


def consistency_proof(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Return PROOF(m, D[n]) of RFC 6962 2.1.2: that the tree of the first m leaves begins this one, 0 < m <= n."""
    return tuple(root_of(leaves[start:stop]) for start, stop in consistency_ranges(len(leaves), first))


def inclusion_ranges(size: int, index: int) -> list[Range]:
    """Return the ranges of leaves whose roots are the inclusion proof, in its order. Raises ValueError without such a leaf."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    return _path(0, size, index)


def consistency_ranges(size: int, first: int) -> list[Range]:
    """Return the ranges of leaves whose roots are the consistency proof, in its order. Raises ValueError without such a tree."""
    if not 0 < first <= size:
        raise ValueError("no such earlier tree")
    return _subproof(0, size, first, complete=True)


def _path(start: int, stop: int, index: int) -> list[Range]:
    if stop - start == 1:
        return []
    split = start + _split(stop - start)
    if index < split:
        return [*_path(start, split, index), (split, stop)]
    return [*_path(split, stop, index), (start, split)]


def _subproof(start: int, stop: int, first: int, *, complete: bool) -> list[Range]:
    if first == stop:
        return [] if complete else [(start, stop)]
    split = start + _split(stop - start)
    if first <= split:
        return [*_subproof(start, split, first, complete=complete), (split, stop)]
    return [*_subproof(split, stop, first, complete=False), (start, split)]


def _split(size: int) -> int:
    """Return the largest power of two smaller than a size above one."""
    return 1 << (size - 1).bit_length() - 1


def includes(*, root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that a leaf hash stands at an index of the tree with this root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(*, first: int, first_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the tree of `size` leaves begins with the tree of `first` (RFC 9162 2.1.4.2)."""
    if not 0 < first <= size:
        return False
    if first == size:
        return not proof and first_root == root
    steps = list(proof)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    place, last = first - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    earlier = later = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            earlier, later = node_hash(step, earlier), node_hash(step, later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            later = node_hash(later, step)
        place, last = place >> 1, last >> 1
    return last == 0 and earlier == first_root and later == root
