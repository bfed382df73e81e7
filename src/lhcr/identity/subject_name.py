"""The name by which an app knows a user: the same for this app at all times, another for any other app, and nobody's number.

OpenID Connect calls it a pairwise subject identifier (Core 8.1). Hazard: apps that put together what they know of one person, and the
user ids of staff and citizens in what apps keep.
"""

import hashlib
import hmac
import secrets
from typing import Final

from lhcr.identity.area_settings import setting_made_once
from lhcr.store.database import Connection, Pool

#: The key under which users are named to apps. It stays when the signing keys rotate, or every app would lose its users.
SUBJECT_KEY: Final = "subject-key"
_KEY_BYTES: Final = 32
_SHOWN: Final = 32


def new_subject_key() -> bytes:
    return secrets.token_bytes(_KEY_BYTES)


async def read_subject_key(source: Connection | Pool) -> bytes:
    return await setting_made_once(source, SUBJECT_KEY, make=new_subject_key)


def subject_name(user_id: str, *, client: str, key: bytes) -> str:
    """Return 32 hexadecimal digits. Ids of clients have no line break, so that no two pairs are written alike."""
    return hmac.digest(key, f"{client}\n{user_id}".encode("utf-8", "replace"), hashlib.sha256).hex()[:_SHOWN]
