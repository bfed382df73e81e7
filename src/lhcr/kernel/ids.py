"""Identifiers: the numbers of rows, and the opaque ids that say where a resource lives without saying whose it is."""

import secrets
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PERSON_BYTES = 7
_RID_BYTES = 7
_CHECK = b"\x4c\x48"
_ID_LENGTH = 32


class Ids(Protocol):
    def token(self) -> str:
        """Return a new random identifier that nobody can guess."""
        ...


class RandomIds:
    def token(self) -> str:
        return secrets.token_hex(16)


class RouteCipher:
    """Server-assigned ids: 32 hexadecimal digits, one AES block over (person, rid, check) with a key of the area.

    Reading by id goes straight to the person's partition; to anybody without the key two ids of one person look
    unrelated, so that an id alone never links entries to a person. An id that a client chose does not decode.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != 16:
            raise ValueError("the key of the identifiers has 16 bytes")
        # One block with unique content needs no chaining: equal ids would mean equal rows.
        cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
        # Whole blocks leave nothing behind in them, so that one of each serves for all ids.
        self._encryptor = cipher.encryptor()
        self._decryptor = cipher.decryptor()

    def assign(self, *, person_id: int, rid: int) -> str:
        """Return the id of the row `rid` at home with `person_id` (negative for the shelf, 0 for the directory)."""
        block = person_id.to_bytes(_PERSON_BYTES, "big", signed=True) + rid.to_bytes(_RID_BYTES, "big") + _CHECK
        return self._encryptor.update(block).hex()

    def person_of(self, resource_id: str) -> int | None:
        """Return the person that an id of ours leads to, or None where the id is not of our making."""
        if len(resource_id) != _ID_LENGTH:
            return None
        try:
            block = bytes.fromhex(resource_id)
        except ValueError:
            return None
        if len(block) != 16 or block.hex() != resource_id:
            return None
        plain = self._decryptor.update(block)
        if plain[-2:] != _CHECK:
            return None
        return int.from_bytes(plain[:_PERSON_BYTES], "big", signed=True)
