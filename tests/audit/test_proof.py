"""A proof of one entry is checked without the log, and any change in it shows."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audit.test_log_key import FIRST, NOW, ONE, SECOND, TWO

from lhcr.audit.lane import salted_digest
from lhcr.audit.leaf import entry_leaf
from lhcr.audit.log_key import origin_of
from lhcr.audit.merkle import consistency_proof, inclusion_proof, root_of
from lhcr.audit.proof import EarlierHead, EntryProof, check_proof, decode_proof, encode_proof, read_place
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import PrivateKey, sign_note
from lhcr.kernel.errors import Incorrect

TEXTS = [f'{{"entry":{n},"name":"Zoë"}}' for n in range(40)]
DIGESTS = [salted_digest(b"salt", text.encode()) for text in TEXTS]
LEAVES = [entry_leaf(writer_id=1, seq=n + 1, digest=digest) for n, digest in enumerate(DIGESTS)]


def proof_of(index: int, *, size: int, first: int = 0, secret: bytes = ONE, number: int = 3) -> EntryProof:
    head = SignedHead(
        origin=origin_of(ONE), tree_size=size, root_hash=root_of(LEAVES[:size]), number=number, recorded=NOW
    )
    earlier = EarlierHead(
        tree_size=first,
        root_hash=root_of(LEAVES[:first]),
        consistency=consistency_proof(LEAVES[:size], first) if first else (),
    )
    return EntryProof(
        entry=f"1-{index + 1}",
        text=TEXTS[index],
        salt=b"salt",
        digest=DIGESTS[index],
        leaf_index=index,
        inclusion=inclusion_proof(LEAVES[:size], index),
        head=sign_note(head.text, PrivateKey(head.origin, secret)),
        keys=(FIRST, SECOND),
        earlier=earlier if first else None,
    )


@settings(max_examples=80)
@given(data=st.data())
def test_a_proof_of_any_entry_of_any_tree_holds_after_it_was_written_down(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 40))
    proof = proof_of(data.draw(st.integers(0, size - 1)), size=size, first=data.draw(st.integers(0, size)))
    verdict = check_proof(decode_proof(encode_proof(proof)))
    assert verdict.holds, verdict.failures
    assert verdict.text_proved
    assert verdict.head is not None
    assert verdict.head.tree_size == size


def test_a_head_of_a_later_number_is_proved_by_the_later_key() -> None:
    assert check_proof(proof_of(1, size=9, number=8, secret=TWO)).holds
    for number, secret in ((8, ONE), (7, TWO)):
        assert not check_proof(proof_of(1, size=9, number=number, secret=secret)).holds


PROOF = proof_of(4, size=11, first=6)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "{}"}, "text is not the one"),
        ({"salt": b"sugar"}, "text is not the one"),
        ({"digest": bytes(32), "text": None}, "does not stand in the tree"),
        ({"entry": "1-6"}, "does not stand in the tree"),
        ({"entry": "2-5"}, "does not stand in the tree"),
        ({"leaf_index": 5}, "does not stand in the tree"),
        ({"leaf_index": -1}, "does not stand in the tree"),
        ({"inclusion": PROOF.inclusion[1:]}, "does not stand in the tree"),
        ({"inclusion": (*PROOF.inclusion, bytes(32))}, "does not stand in the tree"),
        ({"head": PROOF.head.replace("number 3", "number 4")}, "not signed by the key"),
        ({"head": "nothing"}, "not written as a head"),
        ({"keys": ()}, "no key"),
        ({"keys": (SECOND,)}, "stands where key 1"),
        ({"earlier": EarlierHead(tree_size=6, root_hash=bytes(32), consistency=PROOF.inclusion)}, "does not go on"),
        ({"earlier": EarlierHead(tree_size=60, root_hash=bytes(32), consistency=())}, "does not go on"),
    ],
)  # fmt: skip
def test_a_changed_proof_does_not_hold_and_says_why(changed: dict[str, object], said: str) -> None:
    assert check_proof(PROOF).holds
    verdict = check_proof(msgspec.structs.replace(PROOF, **changed))
    assert not verdict.holds
    assert said in " ".join(verdict.failures)


def test_without_its_text_a_proof_shows_only_that_something_was_written() -> None:
    verdict = check_proof(msgspec.structs.replace(PROOF, text=None, salt=b""))
    assert (verdict.holds, verdict.text_proved) == (True, False)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b"\xff", b'{"format": "other"}', b"[" * 10_000, encode_proof(PROOF).replace(b'"1-5"', b'"1-x"')]
)  # fmt: skip
def test_what_is_no_proof_is_refused(text: bytes) -> None:
    with pytest.raises(Incorrect):
        decode_proof(text)


@pytest.mark.parametrize("entry", ["", "1", "1-", "-1", "1--1", "١-1", f"1-{2**63}", "1-1-1"])
def test_an_entry_is_named_in_one_way(entry: str) -> None:
    with pytest.raises(ValueError):
        read_place(entry)
