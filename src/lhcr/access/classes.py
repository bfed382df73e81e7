"""The access classes of a worker: all of them in memory, new ones interned in a transaction of their own.

Hazard guarded here: partial shown as complete. A worker that did not know a new class would leave its rows out silently, so
every new class or source raises the policy's epoch, which every statement that reads rows checks.
"""

import asyncio
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.agreement_list import read_agreement_list
from lhcr.access.agreements import Agreements
from lhcr.access.sensitivity import Sensitivity
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "classes.sql")
_NOTHING_NEW: Final = "INSERT 0 0"
_EMPTY: Final = ClassTable(epoch=0, classes=(), source_by_ods=MappingProxyType({}), id_by_key=MappingProxyType({}))


class AccessClasses:
    """`table` is the newest that this worker has read; `refreshed` reads again where a newer epoch has been seen.

    `sensitivity` knows which labels entries have because of their codes.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._refreshing = asyncio.Lock()
        self.sensitivity = Sensitivity(pool)
        self.table = _EMPTY

    async def refreshed(self, *, epoch: int) -> ClassTable:
        """Return a table at least as new as an epoch that was seen in the database."""
        async with self._refreshing:
            if self.table.epoch < epoch:
                self.table = await self._read()
        return self.table

    async def current(self) -> ClassTable:
        """Return the table as it stands: read again where the policy's epoch is another than this one's."""
        return await self.refreshed(epoch=await self._pool.fetchval(_SQL["policy_epoch"]))

    async def source_of(self, ods: str, *, name: str, categories: Sequence[str] = ()) -> int:
        """Return the number of a source, which is interned where it is new, with its classes without labels in `categories`.

        So a source's first rows need no new class each: every new class ends the decisions that were made before it.
        """
        if ods not in self.table.source_by_ods:
            await self._intern_source(ods, name, categories)
        return self.table.source_by_ods[ods]

    async def class_of(self, source_id: int, *, category: str, labels: Sequence[str]) -> int:
        """Return the number of a class, which is interned where it is new. `labels` are sorted, as `labels_of` gives them."""
        key = (source_id, category, tuple(labels))
        if key not in self.table.id_by_key:
            await self._intern("intern_class", source_id, category, list(labels))
        return self.table.id_by_key[key]

    async def _intern_source(self, ods: str, name: str, categories: Sequence[str]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_SQL["lock"])
            if await connection.execute(_SQL["intern_source"], ods, name) != _NOTHING_NEW:
                await connection.execute(_SQL["intern_plain_classes"], ods, categories)
                await connection.execute(_SQL["raise_epoch"])
        await self._read_again()

    async def _intern(self, statement: str, *values: object) -> None:
        # Another worker may have interned it meanwhile: then nothing is inserted and the epoch stands.
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_SQL["lock"])
            if await connection.execute(_SQL[statement], *values) != _NOTHING_NEW:
                await connection.execute(_SQL["raise_epoch"])
        await self._read_again()

    async def _read_again(self) -> None:
        async with self._refreshing:
            self.table = await self._read()

    async def _read(self) -> ClassTable:
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await _read_table(connection)


async def _read_table(connection: Connection) -> ClassTable:
    epoch = await connection.fetchval(_SQL["policy_epoch"])
    sources = await connection.fetch(_SQL["all_sources"])
    classes = tuple(
        AccessClass(
            class_id=row["class_id"],
            source_id=row["source_id"],
            category=row["category"],
            labels=tuple(row["labels"]),
        )
        for row in await connection.fetch(_SQL["all_classes"])
    )
    return ClassTable(
        epoch=epoch,
        classes=classes,
        source_by_ods=MappingProxyType({row["ods"]: row["source_id"] for row in sources}),
        id_by_key=MappingProxyType({(row.source_id, row.category, row.labels): row.class_id for row in classes}),
        agreements=Agreements(await read_agreement_list(connection)),
        merges={row["merged_id"]: row["survivor_id"] for row in await connection.fetch(_SQL["merges"])},
        returned={row["rid"]: row["person_id"] for row in await connection.fetch(_SQL["returned"])},
    )
