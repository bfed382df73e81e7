"""Verifying the log where it stands: one snapshot of its tables, read row by row, fed to the verifier."""

from collections.abc import Sequence
from typing import Final

from lhcr.audit.log_rows import EntryRow, LeafRow, WriterRow
from lhcr.audit.tree_head import Head
from lhcr.audit.verdict import Verdict
from lhcr.audit.verifier import Verifier
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.audit", "verify.sql")
_ROWS_AT_ONCE: Final = 2_000


async def verify_log(pool: Pool, *, witnessed: Sequence[Head] = ()) -> Verdict:
    """Return the verdict on the whole log. `witnessed` are heads that somebody else kept, such as a neighbouring area.

    It reads every entry once, in one snapshot, while others go on writing.
    """
    verifier = Verifier(witnessed=tuple(witnessed))
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        # Reading the whole log takes longer than a request may.
        await connection.execute("SET LOCAL statement_timeout = 0")
        await _feed(connection, verifier)
    return verifier.verdict()


async def _feed(connection: Connection, verifier: Verifier) -> None:
    verifier.writers([WriterRow(**row) for row in await connection.fetch(_SQL["writers"])])
    verifier.heads([Head(**row) for row in await connection.fetch(_SQL["heads"])])
    verifier.keys([row["statement"] for row in await connection.fetch(_SQL["keys"])])
    async for row in connection.cursor(_SQL["signed_heads"], prefetch=_ROWS_AT_ONCE):
        verifier.signed_head(**row)
    async for row in connection.cursor(_SQL["entries"], prefetch=_ROWS_AT_ONCE):
        verifier.entry(EntryRow(**row))
    async for row in connection.cursor(_SQL["leaves"], prefetch=_ROWS_AT_ONCE):
        verifier.leaf(LeafRow(**row))
