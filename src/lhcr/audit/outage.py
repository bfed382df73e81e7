"""An outage: the database does not answer, so the gate stays shut and says so in one way (503)."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from lhcr.kernel.errors import Issue, Unavailable
from lhcr.store.outages import OUTAGES, is_outage

_LOG: Final = logging.getLogger(__name__)
_SHUT: Final = "The audit log does not accept entries, so nothing was released. Ask again in a moment."


@asynccontextmanager
async def unavailable_when_down(*, error: str, diagnostics: str) -> AsyncIterator[None]:
    """Turn an outage into `Unavailable` with this error code and sentence; a defect stays what it is."""
    try:
        yield
    except OUTAGES as failure:
        if not is_outage(failure):
            raise
        raise Unavailable([Issue(code="transient", error=error, diagnostics=diagnostics)]) from failure


@asynccontextmanager
async def unavailable_when_shut() -> AsyncIterator[None]:
    """Turn it into `Unavailable` (`log-unavailable`) that the log cannot be reached or refuses an entry, whatever its reason.

    A refusal may be a defect, so the operator is told of it; a value that no column takes certainly is one.
    """
    try:
        async with unavailable_when_down(error="log-unavailable", diagnostics=_SHUT):
            yield
    except asyncpg.DataError:
        raise
    except asyncpg.PostgresError as failure:
        raise shut(failure) from failure


def shut(failure: asyncpg.PostgresError) -> Unavailable:
    """Return what a caller is told of a log that refuses. Its own message may quote an entry, and is not repeated."""
    _LOG.error("the audit log refuses entries: %s", type(failure).__name__)
    return Unavailable([Issue(code="transient", error="log-unavailable", diagnostics=_SHUT)])
