"""The schema under native hash partitioning: the tables by person of a migrated database, each cut into the same parts.

It stands in for nodes. A statement that touches one partition here needs one node there, and one that touches several cannot be
routed.
"""

from collections.abc import Iterator

import asyncpg

from lhcr.store.database import Connection
from lhcr.store.tables import PERSON, Kind, tables_of

PARTS = 8


async def partition(dsn: str, *, parts: int = PARTS) -> None:
    """Cut the still empty tables by person. Raises an error of PostgreSQL where a key lacks the person."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            for table in tables_of(Kind.BY_PERSON):
                for statement in _cut(table.name, parts):
                    await connection.execute(statement)
    finally:
        await connection.close()


def _cut(table: str, parts: int) -> Iterator[str]:
    yield f"ALTER TABLE {table} RENAME TO {table}_whole"
    yield f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING ALL) PARTITION BY HASH ({PERSON})"
    for number in range(parts):
        yield (
            f"CREATE TABLE {table}_p{number} PARTITION OF {table} FOR VALUES WITH (MODULUS {parts}, REMAINDER {number})"
        )
    yield f"DROP TABLE {table}_whole"


async def partition_of(connection: Connection, person_id: int, *, parts: int = PARTS) -> int:
    """Return the number of the partition that holds the rows of a person, or of a bucket of the shelf."""
    number: int = await connection.fetchval(
        "SELECT n FROM generate_series(0, $2::integer - 1) AS n"
        " WHERE satisfies_hash_partition('person'::regclass, $2::integer, n, $1::bigint)",
        person_id,
        parts,
    )
    return number
