"""What is stored is labelled anew where sets are loaded when their codes begin to count in every spelling."""

import asyncpg
import pytest
from tests.conftest import MakeDatabase

from lhcr.access.sensitivity import read_codes
from lhcr.access.sensitivity_change import ADDING, DONE, relabelling_place
from lhcr.store.migrations import migrations


@pytest.mark.parametrize("loaded", [True, False], ids=["with a set", "without"])
async def test_hazard_sensitive_item_exposed_a_relabelling_begins_where_there_are_sets(
    migrated_database: MakeDatabase, *, loaded: bool
) -> None:
    connection = await asyncpg.connect(migrated_database())
    if loaded:
        await connection.execute("INSERT INTO value_set VALUES ('urn:set', '1', 'x|GDIS', now(), now())")
    before = (await read_codes(connection)).epoch
    (migration,) = [each for each in migrations() if each.name.endswith("code_spellings")]
    await connection.execute(migration.sql)
    assert (await relabelling_place(connection)).phase == (ADDING if loaded else DONE)
    assert (await read_codes(connection)).epoch == before + loaded
    assert await connection.fetchval("SELECT count(*) FROM value_set WHERE in_force IS NOT NULL") == 0
    await connection.close()
