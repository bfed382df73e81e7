"""A worker's connections to PostgreSQL."""

from typing import TYPE_CHECKING, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:  # The driver's classes are generic for the type checker alone.
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

# Compiled searches and writes come in a few hundred shapes; each keeps its prepared statement.
STATEMENTS_KEPT = 512
#: How long a statement waits for what another holds, before its caller is told to come again.
LONGEST_LOCK_WAIT_MILLISECONDS = 10_000


async def open_pool(dsn: str, *, smallest: int = 2, largest: int = 8, generic_plans: bool = False) -> Pool:
    """Open a pool. Times are always UTC, and a statement that runs longer than 30 s, or waits longer than 10 s
    for a lock, is ended.

    `generic_plans` is for statements that name one person, for whom one plan is right whoever it is: planning a whole record anew
    each time took longer than reading half of it. Searches are planned for their values.

    Statements change no session state, so that a connection goes back as it is, without a round trip that resets it; the
    driver still rolls back a transaction that was left open.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=smallest,
        max_size=largest,
        statement_cache_size=STATEMENTS_KEPT,
        max_cached_statement_lifetime=0,
        command_timeout=60,
        reset=_leave_as_it_is,
        server_settings={
            "TimeZone": "UTC",
            "statement_timeout": "30000",
            "lock_timeout": str(LONGEST_LOCK_WAIT_MILLISECONDS),
            "application_name": "lhcr",
            "jit": "off",
            # One request has one process: others wait for theirs, and parts of a union come in their order.
            "max_parallel_workers_per_gather": "0",
            "plan_cache_mode": "force_generic_plan" if generic_plans else "auto",
        },
    )


async def _leave_as_it_is(_connection: Connection) -> None:
    return None
