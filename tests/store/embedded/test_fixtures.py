"""The fixtures that give tests a real database."""

from collections.abc import Callable

import asyncpg


async def test_each_fresh_database_is_empty_and_the_callers_own(fresh_database: Callable[[], str]) -> None:
    first, second = fresh_database(), fresh_database()
    connection = await asyncpg.connect(first)
    await connection.execute("CREATE TABLE thing (name text)")
    await connection.close()
    connection = await asyncpg.connect(second)
    assert await connection.fetchval("SELECT to_regclass('thing')") is None
    await connection.close()


async def test_a_migrated_database_has_the_schema_and_no_rows(migrated_database: Callable[[], str]) -> None:
    connection = await asyncpg.connect(migrated_database())
    assert await connection.fetchval("SELECT count(*) FROM schema_migration") > 0
    assert await connection.fetchval("SELECT count(*) FROM resource") == 0
    await connection.close()
