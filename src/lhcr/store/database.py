"""A worker's connections to PostgreSQL."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from lhcr.kernel.errors import Issue, Unavailable

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
#: How long a caller waits for a connection that is free.
_PATIENCE_SECONDS: Final = 10.0
#: How long the database may take to let a new connection in.
_CONNECT_SECONDS: Final = 10.0
_QUERIES_OF_A_CONNECTION: Final = 50_000
_IDLE_SECONDS: Final = 300.0
_LOG: Final = logging.getLogger(__name__)


class LimitedPool(Pool):
    """A pool for whose connections nobody waits longer than `patience_seconds`.

    Hazard: while a few statements hang, everybody else would wait behind them without an end and without being told.
    """

    __slots__ = ("_patience_seconds",)

    def __init__(self, dsn: str, *, patience_seconds: float, **options: Any) -> None:
        super().__init__(dsn, **options)
        self._patience_seconds = patience_seconds

    async def _acquire(self, within: float | None) -> Connection:
        """Every way to a connection leads through here. Raises Unavailable (`connections-busy`), or TimeoutError where the
        database does not let a new one in.
        """
        # A deadline costs forty times what it costs to take a connection that is free, so only who waits has one.
        if not self._queue.empty():  # type: ignore[attr-defined]
            return await super()._acquire(within)  # type: ignore[misc, no-any-return]
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await super()._acquire(within)  # type: ignore[misc, no-any-return]
        except TimeoutError:
            if self.get_size() < self.get_max_size():
                raise
            _LOG.warning("no connection to the database became free in time: all %d are in use", self.get_max_size())
            raise _busy() from None

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Take a connection back, at once where it has nothing to undo.

        The driver takes each back in a task of its own, so that whoever is cancelled meanwhile cannot keep it, which took half as
        long as a small statement. Where nothing is waited for nobody can be cancelled. Where something is (a statement that is being
        cancelled, a connection that has served its time) and its waiter is cancelled too, the driver ends the connection.
        """
        held = connection._con  # noqa: SLF001 - the driver's own way back, but for its task.
        if held is None or held.is_in_transaction() or connection._holder._pool is not self:  # noqa: SLF001
            await super().release(connection, timeout=timeout)
            return
        held._on_release()  # noqa: SLF001
        await connection._holder.release(timeout)  # noqa: SLF001


def _busy() -> Unavailable:
    diagnostics = "Too much is asked of the record at once. Nothing was done; send the same again in a moment."
    return Unavailable([Issue(code="transient", error="connections-busy", diagnostics=diagnostics)])


async def open_pool(
    dsn: str,
    *,
    smallest: int = 2,
    largest: int = 8,
    generic_plans: bool = False,
    patience_seconds: float = _PATIENCE_SECONDS,
) -> Pool:
    """Open a pool. Times are always UTC, and a statement that runs longer than 30 s, or waits longer than 10 s
    for a lock, is ended. Who waits longer than `patience_seconds` for a free connection gets Unavailable.

    `generic_plans` is for statements that name one person, for whom one plan is right whoever it is: planning a whole record anew
    each time took longer than reading half of it. Searches are planned for their values.

    Statements change no session state, so that a connection goes back as it is, without a round trip that resets it; the
    driver still rolls back a transaction that was left open.
    """
    pool = LimitedPool(
        dsn,
        patience_seconds=patience_seconds,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        loop=None,
        min_size=smallest,
        max_size=largest,
        max_queries=_QUERIES_OF_A_CONNECTION,
        max_inactive_connection_lifetime=_IDLE_SECONDS,
        statement_cache_size=STATEMENTS_KEPT,
        max_cached_statement_lifetime=0,
        timeout=_CONNECT_SECONDS,
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
    # Awaiting a pool is what connects it.
    return await pool


async def _leave_as_it_is(_connection: Connection) -> None:
    return None
