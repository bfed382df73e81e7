"""The migration that brought restrictions: who was restricted before it is restricted after it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.conftest import MakeDatabase

from lhcr.store.database import Connection
from lhcr.store.migrations import migrations

SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


@pytest.fixture
async def before(migrated_database: MakeDatabase) -> AsyncIterator[Connection]:
    """A database as it stood before the migration."""
    connection = await asyncpg.connect(migrated_database())
    await connection.execute("DROP TABLE fact_restriction")
    yield connection
    await connection.close()


async def test_hazard_address_exposed_whoever_was_labelled_before_is_restricted_at_once(before: Connection) -> None:
    classes = {
        1: ("demographics", [f"{SYSTEM}|R"]),
        2: ("demographics", [f"{SYSTEM}|V"]),
        3: ("demographics", []),
        4: ("problem", [f"{SYSTEM}|R"]),
    }
    for number, (category, labels) in classes.items():
        await before.execute("INSERT INTO access_class VALUES ($1, 1, $2, $3)", number, category, labels)
    # Person, row, class, and whether it stands.
    rows = [
        (11, 101, 1, True),
        (12, 102, 2, True),
        (13, 103, 3, True),
        (14, 104, 4, True),
        (15, 105, 1, False),
        (-1, 106, 1, True),
    ]
    for person, rid, number, stands in rows:
        await before.execute(
            "INSERT INTO resource (person_id, type, id, rid, version, class, last_updated, clinical_low, clinical_high,"
            " method, body) VALUES ($1, 1, $2, $3, 1, $4, now(), 0, 0, 1, $5)",
            *(person, str(rid), rid, number, b"{}" if stands else None),
        )
    (restriction,) = [each for each in migrations() if each.name.endswith("_restriction")]
    await before.execute(restriction.sql)
    found = await before.fetch("SELECT person_id, rid FROM fact_restriction ORDER BY rid")
    assert [tuple(each) for each in found] == [(11, 101), (12, 102)]
