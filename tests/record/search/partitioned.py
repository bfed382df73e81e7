"""The schema with native hash partitioning by person: a stand-in for distribution that every machine can run."""

import re

import asyncpg

from lhcr.store.migrations import migrations

PARTITIONS = 4
BY_PERSON = re.compile(r"CREATE TABLE ((?:resource|search|fact)\w*) (\(\n    person_id.*?\n\));", re.DOTALL)


def partitioned(sql: str) -> str:
    """Partition the tables by person of a migration."""
    return BY_PERSON.sub(_partitioned, sql)


def _partitioned(match: re.Match[str]) -> str:
    table, columns = match.groups()
    parts = "".join(
        f"CREATE TABLE {table}_part{number} PARTITION OF {table}"
        f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number});\n"
        for number in range(PARTITIONS)
    )
    return f"CREATE TABLE {table} {columns} PARTITION BY HASH (person_id);\n{parts}"


async def migrate_partitioned(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    for migration in migrations():
        await connection.execute(partitioned(migration.sql))
    await connection.close()
