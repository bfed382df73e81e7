"""The horizon: the instant up to which no open write can still add a row, for answers that a poller continues from.

Hazard guarded here: a poller that asks for everything since its last answer never sees an entry whose writer took an
earlier time and committed later. So `_lastUpdated`, `_since`, history and the order by last update answer only rows with
`last_updated < horizon`.
"""

from datetime import datetime
from typing import Final

from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_STATEMENTS: Final = load_statements("lhcr.store.search", "horizon.sql")

LOCK_CLASS: Final = 0x4C48 << 48
"""The upper 16 bits of the key of a writer's lock; the lower 48 are milliseconds since 1970."""


async def read_horizon(connection: Connection) -> datetime:
    """Return the horizon. Call it before the snapshot that reads the rows begins: never inside a repeatable-read transaction."""
    horizon: datetime = await connection.fetchval(_STATEMENTS["horizon"])
    return horizon
