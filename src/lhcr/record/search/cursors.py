"""Cursors: opaque tokens that continue a search where a page ended, for the one who asked, for a quarter of an hour.

A cursor holds sort keys of a row, which may be a name or a birth date, and may stand in an address: it is encrypted, so that it
tells nothing and cannot be changed. It grants nothing either: the page it leads to is decided and read anew.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, Issue

LIFETIME: Final = timedelta(minutes=15)
_NONCE_BYTES: Final = 12
_LONGEST: Final = 65_536

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may use a cursor, and for which purpose of use."""

    principal: str
    purpose: str

    def bound(self) -> bytes:
        return hashlib.sha256(msgspec.json.encode([self.principal, self.purpose])).digest()


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a search stands. `after`: the sort keys and number of the last row, None before the first.

    `digest`: of the query and whose rows it reads. `type` and `pairs`: the query itself, where no address may show it.
    """

    expires: float
    digest: bytes
    policy_epoch: int
    after: list[Any] | None
    type: str | None = None
    pairs: Pairs | None = None


class Cursors:
    """Makes and reads cursors with a key of 32 bytes that all workers of an area share."""

    def __init__(self, key: bytes, *, clock: Clock) -> None:
        if len(key) != 32:
            raise ValueError("the key of the cursors has 32 bytes")
        self._cipher = AESGCM(key)
        self._clock = clock

    def seal(
        self,
        after: Sequence[Any] | None,
        *,
        digest: bytes,
        policy_epoch: int,
        holder: Holder,
        type: str | None = None,
        pairs: Pairs | None = None,
    ) -> str:
        position = Position(
            expires=(self._clock.now() + LIFETIME).timestamp(),
            digest=digest,
            policy_epoch=policy_epoch,
            after=None if after is None else list(after),
            type=type,
            pairs=pairs,
        )
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, msgspec.msgpack.encode(position), holder.bound())
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, token: str, *, holder: Holder) -> Position:
        """Return the position of a cursor. Raises Incorrect: 400 where it is not a cursor of this holder, 410 where it is too old."""
        position = self._decrypted(token, holder)
        if position.expires < self._clock.now().timestamp():
            raise expired()
        return position

    def _decrypted(self, token: str, holder: Holder) -> Position:
        if len(token) > _LONGEST:
            raise _invalid()
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            plain = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], holder.bound())
            return msgspec.msgpack.decode(plain, type=Position)
        except (ValueError, InvalidTag, msgspec.MsgspecError) as error:
            raise _invalid() from error


def expired() -> Incorrect:
    """A cursor that is too old, or that a change of policy ended: the search has to begin again."""
    return Incorrect(
        [
            Issue(
                code="expired",
                error="cursor-expired",
                diagnostics="This page is no longer there. Nothing is lost: search again from the first page.",
            )
        ],
        status=410,
    )


def _invalid() -> Incorrect:
    return Incorrect(
        [
            Issue(
                code="invalid",
                error="cursor-invalid",
                diagnostics="The cursor is not one that was given to you for this search and purpose. "
                "Follow the links of the Bundle unchanged, or search again from the first page.",
            )
        ]
    )
