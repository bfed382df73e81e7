"""Distribution against a stand-in for Citus, which states Citus's demands and distributes nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import MakeDatabase

from lhcr.kernel.errors import Conflict, Unavailable
from lhcr.store.database import Connection
from lhcr.store.distribution import Placed, distribute, steps
from lhcr.store.tables import TABLES, Kind, tables_of

STAND_IN = Path(__file__).with_name("citus_stub.sql").read_text(encoding="utf-8")
SPREAD = {table.name for table in TABLES.values() if table.kind in {Kind.BY_PERSON, Kind.BY_KEY, Kind.DIRECTORY}}


@pytest.fixture
async def dsn(migrated_database: MakeDatabase) -> str:
    """A migrated database with the stand-in in it."""
    address = migrated_database()
    connection = await asyncpg.connect(address)
    await connection.execute(STAND_IN)
    await connection.close()
    return address


@pytest.fixture
async def cluster(dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def calls(cluster: Connection) -> dict[str, asyncpg.Record]:
    rows = await cluster.fetch("SELECT relation::text AS name, * FROM citus.citus_call ORDER BY number")
    return {row["name"]: row for row in rows}


async def test_every_table_is_placed_as_its_kind_says_and_the_rest_stays(dsn: str, cluster: Connection) -> None:
    assert set(await distribute(dsn)) == SPREAD
    made = await calls(cluster)
    assert set(made) == SPREAD
    for table in TABLES.values():
        match table.kind:
            case Kind.BY_PERSON:
                beside = "none" if table.name == "person" else "person"
                assert tuple(made[table.name])[2:6] == (table.name, "distributed", "person_id", beside)
            case Kind.BY_KEY:
                assert tuple(made[table.name])[3:6] == ("distributed", table.column, "none")
            case Kind.DIRECTORY:
                assert made[table.name]["type"] == "reference"
            case Kind.LOG | Kind.UPKEEP:
                assert table.name not in made


async def test_distributing_twice_is_nothing(dsn: str, cluster: Connection) -> None:
    await distribute(dsn)
    before = await calls(cluster)
    assert await distribute(dsn) == []
    assert await calls(cluster) == before


async def test_two_at_once_do_it_once(dsn: str) -> None:
    first, second = await asyncio.gather(distribute(dsn), distribute(dsn))
    assert sorted(first + second) == sorted(SPREAD)


@pytest.mark.parametrize("last", ["policy", "person", "search_date", "locator", "session"])
async def test_what_was_interrupted_goes_on(dsn: str, cluster: Connection, last: str) -> None:
    await cluster.execute(
        "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'node is gone'; END $$;"
        f"CREATE TRIGGER break BEFORE INSERT ON citus.citus_call FOR EACH ROW WHEN (NEW.relation = '{last}'::regclass)"
        " EXECUTE FUNCTION break()"
    )
    with pytest.raises(asyncpg.RaiseError, match="node is gone"):
        await distribute(dsn)
    done = set(await calls(cluster))
    assert last not in done
    await cluster.execute("DROP TRIGGER break ON citus.citus_call")
    assert set(await distribute(dsn)) == SPREAD - done
    assert set(await calls(cluster)) == SPREAD


async def test_the_number_of_shards_is_given_once_for_each_group_of_tables(dsn: str, cluster: Connection) -> None:
    await distribute(dsn, shards=64)
    given = {name for name, call in (await calls(cluster)).items() if call["shard_count"] == 64}
    assert given == {"person"} | {table.name for table in tables_of(Kind.BY_KEY)}


async def test_a_database_without_citus_is_refused_and_left_alone(migrated_database: MakeDatabase) -> None:
    with pytest.raises(Unavailable) as refused:
        await distribute(migrated_database())
    assert [issue.error for issue in refused.value.issues] == ["citus-missing"]


async def test_a_table_that_nobody_classified_is_refused_before_anything_is_placed(
    dsn: str, cluster: Connection
) -> None:
    await cluster.execute("CREATE TABLE stranger (person_id bigint)")
    with pytest.raises(Conflict, match="stranger"):
        await distribute(dsn)
    assert await calls(cluster) == {}


async def test_a_database_that_is_not_migrated_is_refused(dsn: str, cluster: Connection) -> None:
    await cluster.execute("DROP TABLE outbox")
    with pytest.raises(Conflict, match="outbox"):
        await distribute(dsn)
    assert await calls(cluster) == {}


@pytest.mark.parametrize(
    ("table", "call"),
    [
        ("search_token", "create_distributed_table('search_token', 'rid')"),
        ("resource", "create_reference_table('resource')"),
        ("source", "create_distributed_table('source', 'source_id')"),
        ("audit_entry", "create_distributed_table('audit_entry', 'writer_id')"),
    ],
)
async def test_a_table_in_a_wrong_place_is_refused_before_anything_is_placed(
    dsn: str, cluster: Connection, table: str, call: str
) -> None:
    await cluster.execute("ALTER TABLE source DROP CONSTRAINT source_ods_key")
    await cluster.execute(f"SELECT {call}")
    with pytest.raises(Conflict, match=table):
        await distribute(dsn)
    assert set(await calls(cluster)) == {table}


def test_the_persons_come_before_what_lies_beside_them() -> None:
    order = [step.table for step in steps({}, shards=None)]
    beside = [table.name for table in tables_of(Kind.BY_PERSON)]
    assert order.index("person") == min(order.index(name) for name in beside)
    assert [step.table for step in steps({"person": Placed("distributed", "person_id")}, shards=None)] == [
        name for name in order if name != "person"
    ]


@pytest.mark.parametrize(
    ("table", "breach", "refusal"),
    [
        ("resource", "CREATE UNIQUE INDEX ON resource (id)", "cannot create constraint"),
        ("outbox", "ALTER TABLE outbox ADD COLUMN small integer GENERATED ALWAYS AS IDENTITY", "identity column"),
        ("search_uri", "ALTER TABLE search_uri ADD COLUMN small serial", "nextval"),
        ("person", "ALTER TABLE resource ADD FOREIGN KEY (person_id) REFERENCES person", "has a foreign key"),
        ("search_date", "ALTER TABLE search_date ALTER COLUMN person_id TYPE integer", "cannot colocate"),
    ],
)
async def test_the_stand_in_refuses_what_citus_refuses(
    dsn: str, cluster: Connection, table: str, breach: str, refusal: str
) -> None:
    await cluster.execute(breach)
    with pytest.raises(asyncpg.RaiseError, match=refusal):
        await distribute(dsn)
    assert table not in await calls(cluster)
