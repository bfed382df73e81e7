"""An outage: the database does not answer, so the gate stays shut and says so in one way (503)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from lhcr.kernel.errors import Issue, Unavailable


@asynccontextmanager
async def unavailable_when_down(*, error: str, diagnostics: str) -> AsyncIterator[None]:
    """Turn every failure of the database into `Unavailable` with this error code and sentence."""
    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
        raise Unavailable([Issue(code="transient", error=error, diagnostics=diagnostics)]) from failure
