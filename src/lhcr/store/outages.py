"""Outages: how the driver says that the database is away, asked for too long, or gave up one of two who wanted the same.

What else it raises is a defect of ours, and is told and logged as one.
"""

from typing import Final

import asyncpg

#: The driver raises InternalClientError for a connection whose server said that it ends and whose end has not arrived yet, and a
#: standby that was promoted, or a disk that is full, lets nobody write.
OUTAGES: Final[tuple[type[Exception], ...]] = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
)


def is_outage(error: BaseException) -> bool:
    """Whether asking again may help. The driver also calls it an error of its interface when it is handed a wrong value."""
    return isinstance(error, OUTAGES) and not isinstance(error, ValueError)
