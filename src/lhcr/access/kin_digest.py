"""Digests of what may tie staff to a person in private life: NHS number, family name and address, under a key of the area.

What is alike can be found, and what it was cannot be read from it by anybody who has not the key.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from lhcr.access.projection import objects
from lhcr.fhir.search.strings import fold
from lhcr.identity.area_settings import setting_made_once
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.store.database import Connection, Pool

#: A setting of the area: the key of these digests.
KIN_KEY: Final = "kin-key"
_BYTES: Final = 16
#: Of each kind one Patient says so many at most.
_MOST: Final = 20
#: Of longer texts the beginning counts.
_LONGEST: Final = 200


class KinKind(IntEnum):
    """What a digest is of. The numbers are stored."""

    NUMBER = 1
    FAMILY = 2
    ADDRESS = 3


class KinDigest(NamedTuple):
    kind: KinKind
    digest: bytes


class KinDigests:
    """Makes digests under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def number(self, number: NhsNumber) -> KinDigest:
        return self._of(KinKind.NUMBER, number.value)

    def family(self, name: str) -> KinDigest | None:
        """Return the digest of a family name without case, accents, spaces and signs; None where no letter is left."""
        folded = _letters(name)
        return self._of(KinKind.FAMILY, folded) if folded else None

    def family_of(self, display_name: str) -> KinDigest | None:
        """Return the digest of the family name of a user, which is the last word of how they are called."""
        words = display_name.split()
        return self.family(words[-1]) if words else None

    def address(self, *, postcode: str, line: str) -> KinDigest | None:
        """Return the digest of a postcode with the first line before it; None unless both are told."""
        place, first = _letters(postcode), _letters(line)
        return self._of(KinKind.ADDRESS, f"{place}|{first}") if place and first else None

    def of_patient(self, patient: JsonObject) -> frozenset[KinDigest]:
        """Return what a Patient says of its person, in whatever form hostile JSON has it."""
        found: set[KinDigest] = set()
        for said in (self._numbers(patient), self._families(patient), self._addresses(patient)):
            found.update(each for _, each in zip(range(_MOST), said, strict=False) if each is not None)
        return frozenset(found)

    def _numbers(self, patient: JsonObject) -> Iterator[KinDigest]:
        for identifier in objects(patient.get("identifier")):
            number = _number(identifier.get("value")) if identifier.get("system") == NHS_NUMBER else None
            if number is not None:
                yield self.number(number)

    def _families(self, patient: JsonObject) -> Iterator[KinDigest | None]:
        """Yield family names as a whole and, of several words, by the last: as what a user is called is read."""
        for name in objects(patient.get("name")):
            words = _text(name.get("family")).replace("-", " ").split()
            if words:
                yield self.family(" ".join(words))
                yield self.family(words[-1])

    def _addresses(self, patient: JsonObject) -> Iterator[KinDigest | None]:
        for address in objects(patient.get("address")):
            lines = address.get("line")
            line = _text(lines[0]) if isinstance(lines, list) and lines else ""
            if address.get("use") != "old":
                yield self.address(postcode=_text(address.get("postalCode")), line=line)

    def _of(self, kind: KinKind, text: str) -> KinDigest:
        digest = hmac.digest(self._key, f"{kind.name}|{text}".encode(), hashlib.sha256)
        return KinDigest(kind, digest[:_BYTES])


async def kin_digests(source: Connection | Pool) -> KinDigests:
    """Return the area's digests, with a key that is made where it is missing."""
    return KinDigests(await setting_made_once(source, KIN_KEY, make=_new_key))


def _new_key() -> bytes:
    return secrets.token_bytes(32)


def _letters(text: str) -> str:
    return "".join(sign for sign in fold(text[:_LONGEST]) if sign.isalnum())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> NhsNumber | None:
    """A placeholder is nobody's: it would tie strangers to each other."""
    try:
        number = NhsNumber.parse(value) if isinstance(value, str) else None
    except Incorrect:
        return None
    return None if number is None or number.is_placeholder else number
