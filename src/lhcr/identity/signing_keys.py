"""The keys with which an area signs its tokens: one current, one next, and retired ones whose tokens have not ended yet.

The next key is published before it signs, so that whoever has seen the set before a rotation can verify what comes after it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final, Self

import asyncpg
from joserfc.jwk import OKPKey

from lhcr.identity.area_settings import TOKEN_KEY, read_setting
from lhcr.kernel.clock import Clock
from lhcr.kernel.json_types import JsonObject
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

ALGORITHM: Final = "Ed25519"
#: How long a retired key still verifies: as long as a token can live.
RETIRED_FOR: Final = timedelta(hours=12)
_SQL: Final = load_statements("lhcr.identity", "signing_keys.sql")


class KeyState(Enum):
    NEXT = "next"
    CURRENT = "current"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """`kid` is the key's thumbprint (RFC 7638). Its `repr` keeps the key out of logs."""

    kid: str
    state: KeyState
    key: OKPKey

    @classmethod
    def made(cls, state: KeyState, *, stored: bytes | None = None) -> Self:
        """Return a new key, or the one that was stored as a JSON Web Key."""
        key = OKPKey.import_key(json.loads(stored)) if stored else OKPKey.generate_key(ALGORITHM)
        return cls(kid=key.thumbprint(), state=state, key=key)

    @property
    def stored(self) -> bytes:
        return json.dumps(self.key.as_dict(private=True)).encode()

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r}, state={self.state.value!r})"


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of an area at one time, exactly one of them current."""

    keys: tuple[SigningKey, ...]

    @property
    def current(self) -> SigningKey:
        (current,) = (each for each in self.keys if each.state is KeyState.CURRENT)
        return current

    @property
    def kids(self) -> frozenset[str]:
        return frozenset(each.kid for each in self.keys)

    def find(self, kid: object) -> OKPKey | None:
        """Return the key of this set that has an id; whatever else an id may be taken for, it is only compared."""
        return next((each.key for each in self.keys if each.kid == kid), None)

    def public(self) -> JsonObject:
        """Return the JSON Web Key Set by which others verify this area's tokens (RFC 7517)."""
        return {"keys": [_public(each) for each in self.keys]}


def new_key_set() -> KeySet:
    return KeySet((SigningKey.made(KeyState.CURRENT), SigningKey.made(KeyState.NEXT)))


async def read_keys(source: Connection | Pool, *, clock: Clock) -> KeySet:
    """Return the keys that sign and verify now: none that has been retired for as long as a token can live."""
    return _key_set(await source.fetch(_SQL["read"], clock.now() - RETIRED_FOR))


async def has_keys(source: Connection | Pool) -> bool:
    """Return whether an area has a key to sign with."""
    return bool(await source.fetchval(_SQL["has_current"]))


async def keys_made_once(pool: Pool, *, clock: Clock) -> KeySet:
    """Return the area's keys, which are made where there are none; of workers that start at once, all get the same.

    A key of an area that had only one is the first current one.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_SQL["lock"])
        if not await connection.fetchval(_SQL["has_current"]):
            stored = await read_setting(connection, TOKEN_KEY)
            await _add(connection, SigningKey.made(KeyState.CURRENT, stored=stored), clock=clock)
        if not await connection.fetchval(_SQL["has_next"]):
            await _add(connection, SigningKey.made(KeyState.NEXT), clock=clock)
        return await read_keys(connection, clock=clock)


async def rotate(pool: Pool, *, clock: Clock, compromised: bool = False) -> KeySet:
    """Let the next key sign, retire the current one, and make another that is next. Returns the keys after it.

    `compromised`: whoever holds the current key could sign what they like, so it and all before it verify nothing any more, and
    everybody signs in again. Workers see it with their next look (`lhcr.identity.token_state`).
    """
    await keys_made_once(pool, clock=clock)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_SQL["lock"])
        await connection.execute(_SQL["forget" if compromised else "retire"], *(() if compromised else (clock.now(),)))
        await connection.execute(_SQL["promote"])
        await _add(connection, SigningKey.made(KeyState.NEXT), clock=clock)
        await connection.execute(_SQL["raise_epoch"])
        return await read_keys(connection, clock=clock)


async def sweep_keys(pool: Pool, *, clock: Clock) -> None:
    """Remove keys that verify nothing any more."""
    await pool.execute(_SQL["sweep"], clock.now() - RETIRED_FOR)


async def _add(connection: Connection, key: SigningKey, *, clock: Clock) -> None:
    await connection.execute(_SQL["add"], key.kid, key.state.value, key.stored, clock.now())


def _key_set(rows: Sequence[asyncpg.Record]) -> KeySet:
    return KeySet(tuple(SigningKey.made(KeyState(row["state"]), stored=row["private_key"]) for row in rows))


def _public(each: SigningKey) -> JsonObject:
    return {**each.key.as_dict(private=False), "alg": ALGORITHM, "use": "sig", "kid": each.kid}
