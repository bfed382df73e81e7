"""Record keys: what a person's record is called in addresses. They tell nothing, not even that two of them are one source's.

Hazard: a source that uses NHS numbers as ids of its Patients would put them into browser histories and proxy logs, so an id
never stands in an address as it is.
"""

import re
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from lhcr.portal.handles import Handles

_DIGITS, _LETTERS = "0123456789abcdef", "bcdfghjklmnpqrst"
_TO_LETTERS, _TO_DIGITS = str.maketrans(_DIGITS, _LETTERS), str.maketrans(_LETTERS, _DIGITS)
_FORM = re.compile(f"(?:[{_LETTERS}]{{2}}){{17,80}}")


class RecordKeys:
    """Seals ids of Patients with a key of the area (32 bytes): the same id always has the same name, in letters alone."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)
        self._handles = blake2b(key, person=b"handles").digest()

    def handles(self, patient_id: str) -> Handles:
        """What the entries of one person's record are called: what is learnt of one record's says nothing of another's."""
        return Handles(blake2b(patient_id.encode(), key=self._handles).digest())

    def seal(self, patient_id: str) -> str:
        return self._cipher.encrypt(patient_id.encode(), None).hex().translate(_TO_LETTERS)

    def open(self, key: str) -> str | None:
        """The id that a key stands for; None for what this area did not make."""
        if not _FORM.fullmatch(key):
            return None
        try:
            return self._cipher.decrypt(bytes.fromhex(key.translate(_TO_DIGITS)), None).decode()
        except (InvalidTag, ValueError):
            return None

    @staticmethod
    def new_key() -> bytes:
        return AESSIV.generate_key(256)
