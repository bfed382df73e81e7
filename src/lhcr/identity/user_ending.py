"""The ending of a user: their sessions, the roles they have yet to choose from, their grants and every token of these.

Hazard: roles stand in sessions and tokens, so that whoever lost one at their organisation works on in it until they sign in anew.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from lhcr.identity.sessions import session_name
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "user_ending.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How many of each were ended."""

    sessions: int
    grants: int


async def end_user(connection: Connection, user_id: str, *, organisation: str, now: datetime) -> Ended:
    """End what a user is at an organisation, by its ODS code; "" for whatever they are anywhere. They may sign in again."""
    whose = msgspec.json.encode({"sub": user_id} | ({"ods": organisation} if organisation else {})).decode()
    rows = await connection.fetch(_SQL["end_sessions"], whose)
    await connection.execute(_SQL["end_choices"], whose)
    names = [session_name(row["id_digest"]) for row in rows]
    return Ended(sessions=len(rows), grants=await connection.fetchval(_SQL["end_grants"], whose, names, now))
