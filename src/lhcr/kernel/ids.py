"""Identifiers: the numbers of rows, and the opaque ids that say where a resource lives without saying whose it is."""

import secrets
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PERSON_BYTES = 7
_RID_BYTES = 7
_CHECK = b"\x4c\x48"
#: Neither persons nor rows come near these numbers, so that the leading bytes of both, which are then known, serve as checks too.
_MOST_PERSONS = 1 << 40
_MOST_ROWS = 1 << 48
_LEADING = frozenset({b"\x00\x00", b"\xff\xff"})
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
    unrelated, so that an id alone never links entries to a person. An id that a client chose does not decode: of those that
    look like ours, one in 2 to the power of 39 would, and be looked for where it is not.
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
        """Return the id of the row `rid` at home with `person_id` (negative for the shelf, 0 for the directory).

        Raises OverflowError for numbers beyond all that a record holds, whose ids would not lead back.
        """
        if not (-_MOST_PERSONS <= person_id < _MOST_PERSONS and rid < _MOST_ROWS):
            raise OverflowError("a person or row number is too large for an id")
        block = person_id.to_bytes(_PERSON_BYTES, "big", signed=True) + rid.to_bytes(_RID_BYTES, "big") + _CHECK
        return self._encryptor.update(block).hex()

    def person_of(self, resource_id: str) -> int | None:
        """Return the person that an id of ours leads to, or None where the id is not of our making."""
        place = self.place_of(resource_id)
        return None if place is None else place[0]

    def place_of(self, resource_id: str) -> tuple[int, int] | None:
        """Return the person and the row for which an id of ours was made, or None where the id is not of our making."""
        if len(resource_id) != _ID_LENGTH:
            return None
        try:
            block = bytes.fromhex(resource_id)
        except ValueError:
            return None
        if len(block) != 16 or block.hex() != resource_id:
            return None
        plain = self._decryptor.update(block)
        if plain[-2:] != _CHECK or plain[:2] not in _LEADING or plain[_PERSON_BYTES] != 0:
            return None
        person_id = int.from_bytes(plain[:_PERSON_BYTES], "big", signed=True)
        return person_id, int.from_bytes(plain[_PERSON_BYTES : _PERSON_BYTES + _RID_BYTES], "big")
