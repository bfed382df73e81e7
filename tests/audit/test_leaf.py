"""Leaves commit to an entry's place and digest, and to nothing that could be tried out."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.audit.leaf import entry_leaf

NUMBERS = st.integers(0, 2**63 - 1)
DIGESTS = st.binary(min_size=32, max_size=32)
PLACES = st.tuples(NUMBERS, NUMBERS, DIGESTS)


@given(PLACES)
def test_a_leaf_is_the_rfc_6962_hash_of_writer_number_and_digest(place: tuple[int, int, bytes]) -> None:
    """Whoever checks an export without this program has to find the same."""
    writer, seq, digest = place
    plain = b"\x00" + writer.to_bytes(8, "big") + seq.to_bytes(8, "big") + digest
    assert entry_leaf(writer_id=writer, seq=seq, digest=digest) == hashlib.sha256(plain).digest()


@given(first=PLACES, second=PLACES)
def test_another_writer_number_or_digest_gives_another_leaf(
    first: tuple[int, int, bytes], second: tuple[int, int, bytes]
) -> None:
    leaves = {entry_leaf(writer_id=writer, seq=seq, digest=digest) for writer, seq, digest in (first, second)}
    assert len(leaves) == len({first, second})


@pytest.mark.parametrize(("writer", "seq"), [(-1, 1), (1, -1), (2**64, 1), (1, 2**64)])
def test_a_number_that_has_no_place_gets_no_leaf(writer: int, seq: int) -> None:
    with pytest.raises(OverflowError):
        entry_leaf(writer_id=writer, seq=seq, digest=bytes(32))
