"""Signing heads: the area's key for its log, the next signed head, and the change to a new key.

Everything here runs in the transaction of whoever holds the sequencer's fence, so that numbers have no gap and no rival.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from lhcr.audit.log_key import KeyChain, first_statement, next_statement, origin_of
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import PrivateKey, new_secret, read_note, sign_note
from lhcr.identity.area_settings import read_setting, setting_made_once
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "head_signing.sql")
_LOG: Final = logging.getLogger(__name__)
#: Clocks of an area's machines differ by so much: within it a later head takes the earlier one's time.
SKEW: Final = timedelta(seconds=5)


async def sign_head(
    connection: Connection, *, tree_size: int, root_hash: bytes, now: datetime, behind: bool = False
) -> str | None:
    """Store the next signed head and return its note; `behind` where entries still wait. Returns None where the area's key is gone: that is an error told
    to the operator, and the log goes on without signatures rather than not at all.
    """
    last = await last_signed(connection)
    after = last.number if last else 0
    chain = await _keys(connection, after=after, now=now)
    secret = await read_setting(connection, secret_name(chain.newest.number))
    if secret is None:
        _LOG.error("the private key of the audit log is gone: its heads are not signed")
        return None
    head = SignedHead(
        origin=chain.origin,
        tree_size=tree_size,
        root_hash=root_hash,
        number=after + 1,
        recorded=_time(now, last),
        behind=behind,
    )
    note = sign_note(head.text, PrivateKey(chain.origin, secret))
    await connection.execute(_SQL["insert_signed"], head.number, note)
    return note


async def rotate_key(connection: Connection, *, now: datetime) -> KeyChain:
    """Make a new key that the old one vouches for, forget the old private key, and return all keys.

    Raises ValueError where there is no private key to vouch with.
    """
    last = await last_signed(connection)
    after = last.number if last else 0
    chain = await _keys(connection, after=after, now=now)
    old = await read_setting(connection, secret_name(chain.newest.number))
    if old is None:
        raise ValueError("The private key of the audit log is gone, so that no new key can be vouched for.")
    number = chain.newest.number + 1
    new = await setting_made_once(connection, secret_name(number), make=new_secret)
    await connection.execute(
        _SQL["insert_key"], number, next_statement(chain, old=old, new=new, after=after, now=_time(now, last))
    )
    await connection.execute(_SQL["forget_secret"], secret_name(number - 1))
    return KeyChain.read(await stored_keys(connection))


async def stored_keys(connection: Connection) -> list[str]:
    return [row["statement"] for row in await connection.fetch(_SQL["keys"])]


async def last_signed(connection: Connection) -> SignedHead | None:
    note = await connection.fetchval(_SQL["last_signed"])
    return None if note is None else SignedHead.read(read_note(note).text)


def secret_name(number: int) -> str:
    """Return the name of the area's setting that is the private key of this number: 32 bytes (RFC 8032)."""
    return f"log-key-{number}"


async def _keys(connection: Connection, *, after: int, now: datetime) -> KeyChain:
    statements = await stored_keys(connection)
    if not statements:
        secret = await setting_made_once(connection, secret_name(1), make=new_secret)
        statements = [first_statement(secret, after=after, now=now)]
        await connection.execute(_SQL["insert_key"], 1, statements[0])
        _LOG.info("the audit log %s signs its heads from now on", origin_of(secret))
    return KeyChain.read(statements)


def _time(now: datetime, last: SignedHead | None) -> datetime:
    """Return the head's time. A clock that went back further than clocks differ is not covered up: the verdict tells it."""
    if last is None or now >= last.recorded:
        return now
    if last.recorded - now < SKEW:
        return last.recorded
    _LOG.error("the clock went back behind the last head of the audit log")
    return now
