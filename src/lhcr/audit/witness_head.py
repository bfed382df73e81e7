"""A head that a witness kept: read from what they hold, and compared with the log that is verified."""

from pathlib import Path
from typing import Final

from lhcr.audit.head_chain import HeadChain
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import LONGEST_NOTE, read_note
from lhcr.audit.tree_head import Head
from lhcr.kernel.errors import Incorrect, Issue

#: The end of a file's name that holds one head. A folder of a witness may hold other things beside them.
HEAD_FILE: Final = ".head"


def read_witness(text: str) -> Head:
    """Return a head from a signed note, or from its size and root as in `1200:9f86d0...`. Raises `Incorrect` (`head-invalid`)."""
    size, colon, root = text.strip().partition(":")
    try:
        if colon and size.isascii() and size.isdecimal() and len(root) == 64:
            return Head(tree_size=int(size), root_hash=bytes.fromhex(root))
        signed = SignedHead.read(read_note(text).text)
    except ValueError:
        raise _invalid("A head is a signed note, or a size and a root as in 1200:9f86d0...; this is neither.") from None
    return Head(tree_size=signed.tree_size, root_hash=signed.root_hash, note=text)


def read_witness_path(path: Path) -> list[Head]:
    """Return the head of a file, or those of all files `*.head` below a folder. Raises `Incorrect` where there is none."""
    if not path.is_dir():
        return [_read_file(path)]
    heads = [_read_file(file) for file in sorted(path.rglob(f"*{HEAD_FILE}")) if file.is_file()]
    if not heads:
        raise _invalid("The folder of the witness holds no head.")
    return heads


def witness_heads(text: str) -> list[Head]:
    """Return the heads that a file or folder of this name holds, or the one that the text itself is, as SIZE:ROOT."""
    path = Path(text)
    return [read_witness(text)] if ":" in text and not path.exists() else read_witness_path(path)


def newest_of(heads: list[Head]) -> Head:
    """Return the head that covers the most of a log, which stands for the others."""
    return max(heads, key=lambda head: head.tree_size)


def witness_contradiction(chain: HeadChain, witness: Head) -> str:
    """Return in a sentence what a signed head of a witness says against the keys and heads of a log, empty if nothing."""
    if not witness.note:
        return ""
    note = read_note(witness.note)
    kept = SignedHead.read(note.text)
    if chain.keys is None:
        return "The witness holds a signed head, and this log has no key."
    if kept.origin != chain.keys.origin:
        return f"The witness holds a head of the log {kept.origin}, and this one is {chain.keys.origin}."
    if not chain.signed(note, kept):
        return "What the witness holds is not signed by the key that may sign it."
    stands = chain.numbered(kept.number)
    if stands is not None and stands != kept:
        return f"The witness holds another head of number {kept.number}: two logs were shown to somebody."
    return ""


def _read_file(path: Path) -> Head:
    try:
        with path.open("rb") as file:
            return read_witness(file.read(LONGEST_NOTE + 1).decode())
    except (OSError, UnicodeDecodeError):
        raise _invalid(f"{path.name} is no head that can be read.") from None


def _invalid(diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="value", error="head-invalid", diagnostics=diagnostics)])
