"""The tree against the vectors of Certificate Transparency and a naive oracle."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.audit.merkle import (
    Frontier,
    consistency_proof,
    includes,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    node_hash,
    root_of,
)

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_certificate_transparencys_tree(size: int) -> None:
    assert root_of(HASHES[:size]).hex() == ROOTS[size]


def test_a_known_inclusion_path() -> None:
    proof = [step.hex() for step in inclusion_proof(HASHES, 5)]
    assert proof == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_known_consistency_proof() -> None:
    proof = [step.hex() for step in consistency_proof(HASHES, 6)]
    assert proof == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


_TREES = st.integers(min_value=1, max_value=70).map(lambda size: [leaf_hash(bytes([n])) for n in range(size)])


@given(_TREES)
def test_the_frontier_gives_the_root_of_the_definition(leaves: list[bytes]) -> None:
    frontier = Frontier().extend(leaves)
    assert frontier.root == naive_root(leaves)
    assert Frontier.decode(frontier.size, frontier.encoded) == frontier


@given(_TREES, st.data())
def test_every_leaf_is_proved_and_no_other_is(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(-1, len(leaves)))
    proof, root, size = inclusion_proof(leaves, index), naive_root(leaves), len(leaves)
    assert includes(root=root, size=size, index=index, leaf=leaves[index], proof=proof)
    assert includes(root=root, size=size, index=other, leaf=leaves[index], proof=proof) == (other == index)
    assert not includes(root=root, size=size, index=index, leaf=leaf_hash(b"another"), proof=proof)
    assert not includes(root=root, size=size, index=index, leaf=leaves[index], proof=(*proof, root))
    if proof:
        assert not includes(root=root, size=size, index=index, leaf=leaves[index], proof=proof[1:])


@given(_TREES, st.data())
def test_every_earlier_tree_is_proved_and_no_other_is(leaves: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(leaves)))
    proof, root, size = consistency_proof(leaves, first), naive_root(leaves), len(leaves)
    earlier = naive_root(leaves[:first])
    assert is_consistent(first=first, first_root=earlier, size=size, root=root, proof=proof)
    assert not is_consistent(first=first, first_root=leaf_hash(b"x"), size=size, root=root, proof=proof)
    assert not is_consistent(first=first, first_root=earlier, size=size, root=leaf_hash(b"x"), proof=proof)
    assert not is_consistent(first=first, first_root=earlier, size=size, root=root, proof=(*proof, root))
    if proof:
        assert not is_consistent(first=first, first_root=earlier, size=size, root=root, proof=proof[:-1])


@pytest.mark.parametrize(("size", "encoded"), [(1, b""), (0, b"x" * 32), (3, b"x" * 32), (1, b"x" * 31)])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, encoded: bytes) -> None:
    with pytest.raises(ValueError):
        Frontier.decode(size, encoded)


def test_there_is_no_proof_of_what_is_not_there() -> None:
    with pytest.raises(ValueError):
        inclusion_proof(HASHES, 8)
    for first in (0, 9):
        with pytest.raises(ValueError):
            consistency_proof(HASHES, first)
