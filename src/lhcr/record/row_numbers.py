"""The numbers of rows (rid), taken from the database in blocks so that a batch knows its own before it is written."""

import asyncio

from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Pool

BLOCK = 1024  # The increment of rid_sequence.


class RowNumbers:
    """A worker's allocator. Numbers of a batch that fails are not used again; they are only unique, never counted."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._next = 0
        self._end = 0
        self._refill = asyncio.Lock()

    async def take(self, count: int) -> list[int]:
        """Return `count` numbers that no other row has or will have."""
        numbers: list[int] = []
        while len(numbers) < count:
            if self._next == self._end:
                await self._fill()
            until = min(self._end, self._next + count - len(numbers))
            numbers.extend(range(self._next, until))
            self._next = until
        return numbers

    async def _fill(self) -> None:
        async with self._refill:
            if self._next == self._end:
                first: int = await self._pool.fetchval(STATEMENTS["next_rid_block"])
                self._next, self._end = first, first + BLOCK
