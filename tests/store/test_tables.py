from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.conftest import MakeDatabase

from lhcr.store.database import Connection
from lhcr.store.tables import PERSON, TABLES, Kind, Table, tables_of

_UNIQUE = """
SELECT i.indexrelid::regclass::text AS name, array_agg(a.attname::text) AS columns
FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey[:i.indnkeyatts - 1])
WHERE i.indrelid = $1::text::regclass AND (i.indisunique OR i.indisexclusion)
GROUP BY i.indexrelid
"""
_COLUMNS = """
SELECT a.attname::text AS name, a.attnotnull AS not_null, format_type(a.atttypid, NULL) AS type
FROM pg_attribute AS a WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""


@pytest.fixture(scope="module")
async def catalogue(migrated_database_of_module: MakeDatabase) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(migrated_database_of_module())
    yield connection
    await connection.close()


async def columns_of(catalogue: Connection, table: str) -> dict[str, tuple[str, bool]]:
    return {row["name"]: (row["type"], row["not_null"]) for row in await catalogue.fetch(_COLUMNS, table)}


async def test_the_registry_names_every_table_of_a_migrated_database_and_no_other(catalogue: Connection) -> None:
    rows = await catalogue.fetch("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'")
    assert {row["name"] for row in rows} == set(TABLES)


@pytest.mark.parametrize("table", [table for table in TABLES.values() if table.column], ids=lambda table: table.name)
async def test_the_distribution_column_is_in_every_unique_index_and_never_null(
    catalogue: Connection, table: Table
) -> None:
    assert table.column is not None
    assert (await columns_of(catalogue, table.name))[table.column][1]
    for row in await catalogue.fetch(_UNIQUE, table.name):
        assert table.column in row["columns"], row["name"]


async def test_whatever_lies_with_a_person_has_the_same_type_of_person_id(catalogue: Connection) -> None:
    types = {(await columns_of(catalogue, table.name))[PERSON][0] for table in tables_of(Kind.BY_PERSON)}
    assert types == {"bigint"}


async def test_every_search_index_but_the_population_twins_begins_with_the_person(catalogue: Connection) -> None:
    rows = await catalogue.fetch(
        "SELECT i.indexrelid::regclass::text AS name, a.attname::text AS first"
        " FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = ANY ($1::text[]::regclass[])",
        [table.name for table in tables_of(Kind.BY_PERSON)],
    )
    twins = ("_population", "resource_last_updated", "resource_history_last_updated")
    assert {row["name"] for row in rows if row["first"] != PERSON} == {
        row["name"] for row in rows if row["name"].endswith(twins)
    }


async def test_no_table_refers_to_another_by_a_foreign_key_or_has_a_trigger(catalogue: Connection) -> None:
    """Across kinds neither can be kept by one node; within a kind the record keeps them itself."""
    assert await catalogue.fetch("SELECT conname FROM pg_constraint WHERE contype = 'f'") == []
    assert await catalogue.fetch("SELECT tgname FROM pg_trigger") == []


async def test_the_directory_has_a_copy_of_each_table_of_resources_with_the_same_columns(catalogue: Connection) -> None:
    """The same statements serve both."""
    copies = [table.name for table in tables_of(Kind.DIRECTORY) if table.name.startswith("directory_")]
    originals = [name for name in TABLES if name.startswith(("search_", "resource"))]
    assert {name.removeprefix("directory_") for name in copies} == set(originals) - {"resource_member"}
    for name in copies:
        assert await columns_of(catalogue, name) == await columns_of(catalogue, name.removeprefix("directory_"))


async def test_numbers_that_are_counted_up_have_eight_bytes(catalogue: Connection) -> None:
    """Smaller ones cannot be given out on several nodes."""
    rows = await catalogue.fetch("SELECT sequencename, data_type::text AS type FROM pg_sequences")
    assert rows
    assert {row["type"] for row in rows} == {"bigint"}


def test_the_rows_of_persons_lie_beside_the_persons_themselves() -> None:
    assert tables_of(Kind.BY_PERSON)[0].name == "person"
    assert sum(len(tables_of(kind)) for kind in Kind) == len(TABLES)
