"""A signed note, pure: text, a blank line, and signatures by named Ed25519 keys, as C2SP's signed-note writes it.

It is read and made by the tools of the transparency logs that are in use, so that nobody has to trust ours to check an area.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: Longer ones are nobody's: a head with the signatures of some witnesses is a few hundred characters.
LONGEST_NOTE: Final = 10_000
_ED25519: Final = b"\x01"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_DASH: Final = "\u2014 "


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A named key: `raw` is the 32 bytes of RFC 8032. Raises ValueError for what is no key or no name."""

    name: str
    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != _KEY_BYTES or not self.name or "+" in self.name or not self.name.isprintable():
            raise ValueError("a key has a printable name without a plus sign and 32 bytes")
        if any(letter.isspace() for letter in self.name):
            raise ValueError("the name of a key holds no space")

    @property
    def key_id(self) -> bytes:
        """Four bytes by which a signature names its key; no proof of anything."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:_ID_BYTES]

    @property
    def encoded(self) -> str:
        """The key without its name, in base64, its algorithm before it."""
        return base64.b64encode(_ED25519 + self.raw).decode()

    @property
    def text(self) -> str:
        """The key as a verifier is told it: name, id and key."""
        return f"{self.name}+{self.key_id.hex()}+{self.encoded}"

    @classmethod
    def decode(cls, name: str, encoded: str) -> "PublicKey":
        """Return the key that was `encoded`. Raises ValueError."""
        blob = decoded(encoded)
        if blob[:1] != _ED25519:
            raise ValueError("the key is of another algorithm")
        return cls(name, blob[1:])

    def verifies(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The private half of a named key, which is never shown."""

    name: str
    raw: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, Ed25519PrivateKey.from_private_bytes(self.raw).public_key().public_bytes_raw())

    def sign(self, text: bytes) -> Signature:
        key = Ed25519PrivateKey.from_private_bytes(self.raw)
        public = PublicKey(self.name, key.public_key().public_bytes_raw())
        return Signature(name=self.name, key_id=public.key_id, value=key.sign(text))


def new_secret() -> bytes:
    """Return the 32 bytes of a new private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`text` ends with a line feed, which is signed too."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, key: PublicKey) -> bool:
        """Return whether the first signature that names this key is its own."""
        for each in self.signatures:
            if (each.name, each.key_id) == (key.name, key.key_id):
                return key.verifies(self.text.encode(), each.value)
        return False


def sign_note(text: str, *keys: PrivateKey) -> str:
    """Return the note of a text, signed by each key. Raises ValueError where the text could not be read back."""
    if not text.endswith("\n") or "\n\n" in text or text.startswith("\n"):
        raise ValueError("the text of a note is lines, none of them empty")
    return text + "\n" + "".join(_signature_line(text, key) for key in keys)


def read_note(note: str) -> Note:
    """Return a note as it was written; what its signatures are worth is asked of `signed_by`. Raises ValueError."""
    if len(note) > LONGEST_NOTE:
        raise ValueError("the note is too long")
    text, blank, signatures = note.partition("\n\n")
    lines = signatures.split("\n")
    if not blank or not text or lines.pop() or not lines:
        raise ValueError("a note is text, a blank line and signatures")
    return Note(text=text + "\n", signatures=tuple(_read_signature(line) for line in lines))


def decoded(text: str) -> bytes:
    """Return what canonical base64 holds. Raises ValueError: other spellings of the same bytes are not taken."""
    try:
        blob = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if base64.b64encode(blob).decode() != text:
        raise ValueError("not canonical base64")
    return blob


def _signature_line(text: str, key: PrivateKey) -> str:
    signature = key.sign(text.encode())
    return f"{_DASH}{key.name} {base64.b64encode(signature.key_id + signature.value).decode()}\n"


def _read_signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not name or not space:
        raise ValueError("a signature is a dash, a name and base64")
    blob = decoded(encoded)
    if len(blob) <= _ID_BYTES:
        raise ValueError("the signature is too short")
    return Signature(name=name, key_id=blob[:_ID_BYTES], value=blob[_ID_BYTES:])
