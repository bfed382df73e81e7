"""A proof that one entry stands in the log: everything that anybody needs to check it, in one JSON object, without the database.

It says what was written, where its leaf is, by which hashes the leaf leads to a signed head (RFC 9162, section 2.1.3), and the
keys from the log's first on. Where an earlier head is named, it also shows that the log only grew since (section 2.1.4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from lhcr.audit.lane import salted_digest
from lhcr.audit.leaf import entry_leaf
from lhcr.audit.log_key import KeyChain
from lhcr.audit.merkle import includes, is_consistent
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import read_note
from lhcr.audit.tree_head import Head
from lhcr.kernel.errors import Incorrect, Issue

#: No honest proof is longer: a text is bounded, and a path has a hash for each doubling of the log.
LONGEST_PROOF: Final = 2_000_000


class EarlierHead(msgspec.Struct, frozen=True, kw_only=True):
    """A head that somebody kept, and the hashes by which the proof's own head is shown to go on from it."""

    tree_size: int
    root_hash: bytes
    consistency: tuple[bytes, ...]


class EntryProof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes are in base64. `text` is absent where it was disposed of or is not shown: then what it said is not proved."""

    format: Literal["lhcr-log-proof/1"] = "lhcr-log-proof/1"
    entry: str
    text: str | None = None
    salt: bytes = b""
    digest: bytes
    leaf_index: int
    inclusion: tuple[bytes, ...]
    head: str
    keys: tuple[str, ...]
    earlier: EarlierHead | None = None

    @property
    def place(self) -> tuple[int, int]:
        """The entry's writer and its number there. Raises ValueError."""
        return read_place(self.entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofVerdict:
    """`failures` are sentences, none where the proof holds; `head` and `key_id` are None where they cannot be read."""

    failures: tuple[str, ...]
    head: SignedHead | None = None
    key_id: str | None = None
    text_proved: bool = False
    earlier_size: int | None = None

    @property
    def holds(self) -> bool:
        return not self.failures


def encode_proof(proof: EntryProof) -> bytes:
    # The tag is written although it is the default: a reader tells by it what this is.
    return msgspec.json.format(msgspec.json.encode({"format": proof.format, **msgspec.to_builtins(proof)}), indent=2)


def decode_proof(text: bytes) -> EntryProof:
    """Return a proof. Raises `Incorrect` (`proof-unreadable`)."""
    try:
        if len(text) > LONGEST_PROOF:
            raise ValueError("too long")  # noqa: TRY301 - told like any other text that is none.
        proof = msgspec.json.decode(text, type=EntryProof)
        read_place(proof.entry)
    except ValueError as error:
        diagnostics = "This is not a proof of an entry of an audit log."
        raise Incorrect([Issue(code="structure", error="proof-unreadable", diagnostics=diagnostics)]) from error
    return proof


def read_place(entry: str) -> tuple[int, int]:
    """Return the writer and number that an entry's id names, as in `12-345`. Raises ValueError."""
    writer, dash, seq = entry.partition("-")
    if not dash or not (writer.isdecimal() and seq.isdecimal() and entry.isascii()) or len(entry) > 37:
        raise ValueError("an entry is named by its writer and its number there")
    place = int(writer), int(seq)
    if max(place) >= 2**63:
        raise ValueError("no entry has so large a number")
    return place


def check_proof(proof: EntryProof) -> ProofVerdict:
    """Return what a proof shows. Whose log it is, is said by its head's origin: compare that with one that you know."""
    try:
        chain = KeyChain.read(proof.keys)
    except ValueError as error:
        return ProofVerdict(failures=(str(error),))
    try:
        note = read_note(proof.head)
        head = SignedHead.read(note.text)
    except ValueError:
        return ProofVerdict(failures=("The head of the proof is not written as a head is.",))
    key = chain.of_head(head.number).public
    failures = [] if head.origin == chain.origin else ["The head is that of another log than the keys."]
    if not note.signed_by(key):
        failures.append("The head is not signed by the key that may sign it.")
    failures += _failures(proof, head)
    return ProofVerdict(
        failures=tuple(failures),
        head=head,
        key_id=key.key_id.hex(),
        text_proved=proof.text is not None and not failures,
        earlier_size=proof.earlier.tree_size if proof.earlier else None,
    )


def proof_against(proof: EntryProof, witness: Head) -> str:
    """Return in a sentence why a proof that holds is not one of the log that somebody keeps a head of, empty where it is."""
    chain, head = KeyChain.read(proof.keys), SignedHead.read(read_note(proof.head).text)
    if witness.note:
        note = read_note(witness.note)
        kept = SignedHead.read(note.text)
        if kept.origin != chain.origin:
            return f"The head that was kept is of the log {kept.origin}, the proof of {chain.origin}."
        if not note.signed_by(chain.of_head(kept.number).public):
            return "The head that was kept is not signed by a key of the proof."
    reached = {head.tree_size: head.root_hash}
    if proof.earlier:
        reached[proof.earlier.tree_size] = proof.earlier.root_hash
    if witness.tree_size not in reached:
        return "The proof does not lead to the head that was kept: ask for one with --since and this head."
    if reached[witness.tree_size] != witness.root_hash:
        return "The proof is of another log than the head that was kept."
    return ""


def _failures(proof: EntryProof, head: SignedHead) -> Iterator[str]:
    if proof.text is not None and salted_digest(proof.salt, proof.text.encode()) != proof.digest:
        yield "The text is not the one that was written."
    writer, seq = proof.place
    leaf = entry_leaf(writer_id=writer, seq=seq, digest=proof.digest)
    if not includes(root=head.root_hash, size=head.tree_size, index=proof.leaf_index, leaf=leaf, proof=proof.inclusion):
        yield "The entry does not stand in the tree of this head."
    earlier = proof.earlier
    if earlier and not is_consistent(
        first=earlier.tree_size,
        first_root=earlier.root_hash,
        size=head.tree_size,
        root=head.root_hash,
        proof=earlier.consistency,
    ):
        yield "The log of this head does not go on from the earlier head."
