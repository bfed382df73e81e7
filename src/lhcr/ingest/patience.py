"""Patience: what passes by itself is tried again; what does not is told at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar

import asyncpg

from lhcr.kernel.errors import Busy, Issue, LhcrError, Unavailable

Refusal: TypeAlias = LhcrError | asyncpg.PostgresError | asyncpg.InterfaceError
"""Why a batch is not written: the record's own reason, the database's, or the driver's, which cannot send a value."""
REFUSALS: Final = (LhcrError, asyncpg.PostgresError, asyncpg.InterfaceError)

_PAUSES: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
#: SQLSTATE classes after which the same may succeed: a lost connection, a deadlock, a server that is full or stopping.
_PASSING: Final = ("08", "40", "53", "55", "57")
#: Not the server's doing but a statement that is too slow: the same would be again.
_TOO_SLOW: Final = "57014"

T = TypeVar("T")


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Return what an attempt gives, tried again for half a minute while the database is away or too busy.

    Raises what does not pass at once, and Unavailable (503) when it has not passed by then.
    """
    for pause in _PAUSES:
        try:
            return await attempt()
        except (*REFUSALS, asyncpg.InternalClientError, OSError) as error:
            if not passes(error):
                raise
        await asyncio.sleep(pause)
    raise Unavailable([_AWAY])


def passes(error: Exception) -> bool:
    """Whether the same attempt may succeed later."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or "08"
        return state.startswith(_PASSING) and state != _TOO_SLOW
    if isinstance(error, LhcrError):
        return isinstance(error, Unavailable | Busy)
    # The driver's error about a value that it cannot send is of both kinds.
    return not (isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError))


_AWAY: Final = Issue(
    code="transient",
    error="database-away",
    diagnostics="The database cannot be reached, or is too busy.",
)
