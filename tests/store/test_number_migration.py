"""The migration that brought one spelling of NHS numbers to search rows: whoever was stored before it is found after it."""

from collections.abc import AsyncIterator, Iterable

import asyncpg
import pytest
from tests.conftest import MakeDatabase

from lhcr.nhs.identifier import compared
from lhcr.nhs.nhs_number import synthetic
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.store.database import Connection
from lhcr.store.migrations import migrations

OID = "urn:oid:2.16.840.1.113883.2.1.4.1"
LOCAL = "https://hospital.example/numbers"
SYSTEMS = (
    NHS_NUMBER,
    LOCAL,
    OID,
    "http://fhir.nhs.uk/Id/nhs-number/",
    " HTTP://fhir.nhs.net/Id/nhs-number|1.0",
    f"{OID}0",
    "",
)
NUMBERS = [synthetic(index).value for index in range(30)]
TEXTS = (
    *NUMBERS,
    *(f"{number[:3]} {number[3:6]} {number[6:]}" for number in NUMBERS),
    *(f"{number[:3]}-{number[3:6]}\u2011{number[6:]}\u00a0" for number in NUMBERS),
    *(f"{number[:9]} {(int(number[9]) + 1) % 10}" for number in NUMBERS),
    *("", "unknown", "not known", "999 000 001", "999/000/0018", "999\t000\t0018", "9990000018\n"),
    *("٩٩٩ ٠٠٠ ٠٠١٨", "999 000 0018" + " " * 20, "999 000 0018" + " " * 21, "000 000 0000"),
)
TABLES = ("search_token", "directory_search_token")
Row = tuple[int, int, int, str, str]
"""Person, number of the resource, parameter, system and code."""


@pytest.fixture
async def before(migrated_database: MakeDatabase) -> AsyncIterator[Connection]:
    """A database as it stood before the migration, which changes rows alone."""
    connection = await asyncpg.connect(migrated_database())
    yield connection
    await connection.close()


async def store(connection: Connection, table: str, rows: Iterable[Row], *, systems: Iterable[str] = SYSTEMS) -> None:
    numbers = {uri: place for place, uri in enumerate(systems, start=1)} | {"": 0}
    known = [(number, uri) for uri, number in numbers.items() if uri]
    await connection.executemany(
        "INSERT INTO code_system (system_id, uri) VALUES ($1, $2) ON CONFLICT DO NOTHING", known
    )
    await connection.executemany(
        f"INSERT INTO {table} (person_id, rid, clinical, class, system, param, code) VALUES ($1, $2, 7, 8, $4, $3, $5)",
        [(person, rid, param, numbers[system], code) for person, rid, param, system, code in rows],
    )


async def stored(connection: Connection, table: str) -> list[Row]:
    rows = await connection.fetch(
        f"SELECT person_id, rid, param, coalesce(uri, '') AS uri, code FROM {table} AS t"
        " LEFT JOIN code_system AS s ON s.system_id = t.system WHERE clinical = 7 AND class = 8"
        " ORDER BY person_id, rid, param, uri, code"
    )
    return [tuple(row) for row in rows]


async def migrate_again(connection: Connection) -> None:
    (migration,) = [each for each in migrations() if each.name.endswith("_number_spellings")]
    await connection.execute(migration.sql)


@pytest.mark.parametrize("table", TABLES)
async def test_every_row_holds_what_a_new_one_would(before: Connection, table: str) -> None:
    """Hazard: partial record. A row that holds another spelling is found by nobody."""
    rows: list[Row] = [
        (1, number, 3, system, text)
        for number, (system, text) in enumerate((system, text) for system in SYSTEMS for text in TEXTS)
    ]
    await store(before, table, rows)
    await migrate_again(before)
    assert await stored(before, table) == [(*row[:3], *compared(*row[3:])) for row in rows]


@pytest.mark.parametrize("table", TABLES)
async def test_a_second_run_changes_nothing(before: Connection, table: str) -> None:
    await store(before, table, [(1, number, 3, OID, text) for number, text in enumerate(TEXTS)])
    await migrate_again(before)
    first = await before.fetch(f"SELECT xmin, ctid, * FROM {table}")
    await migrate_again(before)
    assert await before.fetch(f"SELECT xmin, ctid, * FROM {table}") == first


@pytest.mark.parametrize("table", TABLES)
async def test_a_number_in_several_spellings_has_one_row_of_each_resource_and_parameter(
    before: Connection, table: str
) -> None:
    """Hazard: duplicates. Where rows lead the way, a page shows a resource once for each."""
    one, other = NUMBERS[:2]
    spaced = f"{one[:3]} {one[3:]}"
    rows: list[Row] = [
        *((1, 1, 3, NHS_NUMBER, text) for text in (one, spaced, f"{one}-", other)),
        (1, 1, 4, NHS_NUMBER, spaced),
        (1, 1, 3, LOCAL, spaced),
        *((1, 2, 3, OID, text) for text in (spaced, f"{one} ")),
        (1, 2, 3, NHS_NUMBER, spaced),
        (2, 1, 3, OID, one),
    ]
    await store(before, table, rows)
    await migrate_again(before)
    expected = {(*row[:3], *compared(*row[3:])) for row in rows}
    assert await stored(before, table) == sorted(expected)


async def test_the_address_of_the_number_becomes_known_where_only_another_was(before: Connection) -> None:
    await store(before, "search_token", [(1, 1, 3, OID, "999 000 0018")], systems=(LOCAL, OID))
    await migrate_again(before)
    assert await stored(before, "search_token") == [(1, 1, 3, NHS_NUMBER, "9990000018")]
    assert await before.fetchval("SELECT system_id FROM code_system WHERE uri = $1", NHS_NUMBER) == 3


async def test_an_area_without_a_number_is_left_as_it_is(before: Connection) -> None:
    await store(before, "search_token", [(1, 1, 3, LOCAL, "999 000 0018")], systems=(LOCAL,))
    await migrate_again(before)
    assert await stored(before, "search_token") == [(1, 1, 3, LOCAL, "999 000 0018")]
    assert await before.fetchval("SELECT count(*) FROM code_system") == 1
