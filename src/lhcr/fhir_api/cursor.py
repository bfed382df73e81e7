"""A cursor: the place where the next page goes on, sealed so that nobody but its asker can use, read or change it.

A page's link carries the whole query inside the cursor: what was searched for, an NHS number perhaps, stands in no address.
"""

import base64
import binascii
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lhcr.fhir_api.parameters import Pair
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, Issue

PARAMETER: Final = "_cursor"
_NONCE: Final = 12
_LIFETIME: Final = timedelta(hours=12)
_LONGEST: Final = 32_768


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The query as it was asked, and where its next page begins, in the words of whoever reads pages."""

    expires: datetime
    pairs: tuple[Pair, ...]
    after: list[Any] | None
    merges: str = ""


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Place)


class Cursors:
    """Seals and opens cursors with a key of the area (32 bytes). `merges` names the state of which persons are one by now.

    Hazard: partial shown as complete. Where two persons became one, or two again, a next page would pass over what came before it.
    """

    def __init__(self, key: bytes, clock: Clock, *, merges: Callable[[], str] = str) -> None:
        self._cipher = AESGCM(key)
        self._clock = clock
        self._merges = merges

    def seal(self, principal: Principal, *, path: str, pairs: Sequence[Pair], after: Sequence[Any] | None) -> str:
        """Return a cursor that opens for this asker, purpose and path alone, for twelve hours."""
        place = Place(
            expires=self._clock.now() + _LIFETIME,
            pairs=tuple(pairs),
            after=None if after is None else list(after),
            merges=self._merges(),
        )
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher.encrypt(nonce, _encoder.encode(place), _bound_to(principal, path))
        return base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()

    def open(self, principal: Principal, *, path: str, cursor: str) -> Place:
        """Return what was sealed. Raises Incorrect: 400 for a cursor that is not the asker's own, 410 for an old one."""
        if len(cursor) > _LONGEST:
            raise _not_a_cursor()
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            text = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound_to(principal, path))
        except (InvalidTag, binascii.Error, ValueError):
            raise _not_a_cursor() from None
        place = _decoder.decode(text)
        if place.expires <= self._clock.now() or (place.after is not None and place.merges != self._merges()):
            raise _expired()
        return place


def _bound_to(principal: Principal, path: str) -> bytes:
    return f"{principal.user_id}\n{principal.organisation}\n{principal.purpose.code}\n{path}".encode()


def _not_a_cursor() -> Incorrect:
    diagnostics = "The link to the next page is not one that this server gave to you. Start from the first page."
    return Incorrect([Issue(code="invalid", error="cursor-invalid", diagnostics=diagnostics)])


def _expired() -> Incorrect:
    diagnostics = "The link to the next page has ended. Start from the first page."
    return Incorrect([Issue(code="expired", error="cursor-expired", diagnostics=diagnostics)], status=410)
