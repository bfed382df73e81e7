"""An outage: the database does not answer, so the gate stays shut and says so in one way (503)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from lhcr.kernel.errors import Issue, Unavailable

#: What the driver raises when the database is away. It raises InternalClientError for a connection whose server said that it ends
#: and whose end has not arrived yet.
OUTAGES: Final[tuple[type[Exception], ...]] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


@asynccontextmanager
async def unavailable_when_down(*, error: str, diagnostics: str) -> AsyncIterator[None]:
    """Turn every failure of the database into `Unavailable` with this error code and sentence."""
    try:
        yield
    except OUTAGES as failure:
        raise Unavailable([Issue(code="transient", error=error, diagnostics=diagnostics)]) from failure
