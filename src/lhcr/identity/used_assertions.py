"""The ids of client assertions that were used, in the database for all workers. Hazard: one that was overheard is sent again."""

import hashlib
from datetime import datetime
from typing import Final

from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "used_assertions.sql")


async def use_assertion(pool: Pool | Connection, client_id: str, assertion_id: str, *, until: datetime) -> bool:
    """Return whether this is the first use of an assertion's id by a client; of uses at once exactly one is."""
    digest = hashlib.sha256(f"{client_id}\n{assertion_id}".encode("utf-8", "replace")).digest()
    return bool(await pool.fetchval(_SQL["use"], digest, until))
