"""The ending of sessions by their provider: what rests on a session there ends with it, once for each of its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from lhcr.identity.claims import Claims
from lhcr.identity.grants import end_with_session
from lhcr.identity.sessions import session_name
from lhcr.identity.used_assertions import use_assertion
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "provider_logout.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLogout:
    """`user_id` is whom it is about, "" for whoever's session at the provider `provider_session` is. Of both, either suffices to end
    a session whose other half is not known here. `word_id` is the provider's name of this word of its own, good until `until`.
    """

    service: str
    user_id: str
    provider_session: str
    word_id: str
    until: datetime


async def end_by_provider(pool: Pool, logout: ProviderLogout, *, now: datetime) -> Sequence[Claims] | None:
    """End sessions, choices of a role, and what apps were let do in them; return whose, or None where the word was used before.

    Hazard: a word of the provider's that was overheard ends, each time it is sent again, what was begun since.
    """
    asked = logout.service, logout.provider_session, logout.user_id
    async with pool.acquire() as connection, connection.transaction():
        if not await use_assertion(connection, f"lhcr:logout:{logout.service}", logout.word_id, until=logout.until):
            return None
        rows = await connection.fetch(_SQL["end_sessions"], *asked)
        await connection.execute(_SQL["end_choices"], *asked)
        for row in rows:
            await end_with_session(connection, session_name(row["id_digest"]), now=now)
    return [msgspec.json.decode(row["claims"], type=Claims) for row in rows]
