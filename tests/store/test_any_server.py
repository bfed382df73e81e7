"""Any server: the same migrations, writing and search on the embedded server, and on the machine's own over TCP with a password."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import asyncpg
import pytest
from tests.conftest import MakeDatabase
from tests.record.area import BASE, KEY, Area, open_area
from tests.store.own_server import database_of_an_owner, programs, running_server

from lhcr.access.request import Interaction
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.record.persons import Persons
from lhcr.record.search.record_search import RecordSearch
from lhcr.store.code_systems import CodeSystems
from lhcr.store.migrations import migrate, migrations
from lhcr.store.tables import TABLES

NUMBER = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}
LOINC = "http://loinc.org"


@pytest.fixture(scope="module")
def own_server() -> Iterator[str]:
    folder = programs()
    if folder is None:
        pytest.skip("no PostgreSQL 15 or later is installed on this machine beside the embedded one")
    with running_server(folder) as address:
        yield address


@pytest.fixture(params=["embedded", "own"])
async def database_url(request: pytest.FixtureRequest, fresh_database: MakeDatabase) -> str:
    """An empty database's address, as `LHCR_DATABASE_URL` gives it."""
    if request.param == "embedded":
        return fresh_database()
    return await database_of_an_owner(request.getfixturevalue("own_server"))


@pytest.fixture
async def area(database_url: str) -> AsyncIterator[Area]:
    await migrate(database_url)
    async with open_area(database_url, largest=4) as opened:
        yield opened


def observation(person: str, code: str, day: str) -> JsonObject:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{person}"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }


async def found(area: Area, text: str) -> list[str]:
    decision = await area.hospital.decide(Interaction.SEARCH, "Observation", None)
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in text.split("&"))]
    search = RecordSearch(pool=area.pool, persons=Persons(RouteCipher(KEY)), systems=CodeSystems(area.side_pool))
    query = parse_query("Observation", pairs, now=datetime.now(UTC), bases=(BASE,))
    page = await search.search(query, visibility=decision.visibility, person=None)
    return [each.id for each in page.matches]


async def test_the_migrations_run_once_under_an_owner_who_may_do_nothing_else(database_url: str) -> None:
    assert await migrate(database_url) == [migration.name for migration in migrations()]
    assert await migrate(database_url) == []
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'")
        assert {row["name"] for row in rows} == set(TABLES)
        # Nothing of contrib is needed.
        assert await connection.fetch("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'") == []
    finally:
        await connection.close()


async def test_a_record_is_written_read_and_searched(area: Area) -> None:
    patient = await area.hospital.create(
        {"resourceType": "Patient", "identifier": [NUMBER], "name": [{"family": "Fell"}]}
    )
    person = patient.draft.id or ""
    codes = [("8867-4", "2026-01-01"), ("8867-4", "2026-02-01"), ("8480-6", "2026-03-01")]
    ids = [(await area.hospital.create(observation(person, *each))).draft.id for each in codes]
    assert await found(area, f"patient={person}&code={LOINC}|8867-4&_sort=-date") == [ids[1], ids[0]]
    assert await found(area, "subject:Patient.family=fel&date=ge2026-03&value-quantity=gt70") == [ids[2]]
    changed = observation(person, "8480-6", "2026-03-02") | {"id": ids[2], "status": "amended"}
    await area.hospital.update(changed)
    assert len((await area.hospital.history(f"Observation/{ids[2]}")).versions) == 2
    await area.hospital.delete(f"Observation/{ids[0]}")
    everything = await area.hospital.everything(f"Patient/{person}")
    assert len(everything.found) == 3
    assert await area.value("SELECT count(*) FROM audit_entry") > 0


def test_the_own_server_is_not_the_embedded_one(own_server: str, database_server: str) -> None:
    assert "@127.0.0.1:" in own_server
    assert "@127.0.0.1:" not in database_server


async def test_the_own_server_asks_for_the_password(own_server: str) -> None:
    address = await database_of_an_owner(own_server)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(address, password="another")
