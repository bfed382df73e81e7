"""The migration that brought birth dates and sources: who is a child is one at once, and what does not count any more is gone."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from tests.conftest import MakeDatabase

from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.search.dates import interval
from lhcr.store.database import Connection
from lhcr.store.migrations import migrations

ENDLESS = datetime(9999, 12, 31, tzinfo=UTC)


@pytest.fixture
async def before(migrated_database: MakeDatabase) -> AsyncIterator[Connection]:
    """A database as it stood before the migration."""
    connection = await asyncpg.connect(migrated_database())
    await connection.execute("DROP TABLE fact_birth")
    yield connection
    await connection.close()


async def migrated(connection: Connection) -> None:
    (births,) = [each for each in migrations() if each.name.endswith("_births")]
    await connection.execute(births.sql)


async def tied(connection: Connection) -> list[tuple[int, str, str]]:
    rows = await connection.fetch("SELECT rid, party, kind FROM fact_relationship ORDER BY rid, party, kind")
    return [tuple(row) for row in rows]


async def tie(connection: Connection, rid: int, party: str, kind: str) -> None:
    await connection.execute(
        "INSERT INTO fact_relationship (person_id, party, kind, rid, low, high) VALUES (11, $1, $2, $3, now(), $4)",
        *(party, kind, rid, ENDLESS),
    )


async def test_when_people_were_born_is_read_from_the_rows_that_find_them(before: Connection) -> None:
    param = parameters_of("Patient")["birthdate"].id
    told = [(11, 1, "2019-04-05"), (11, 2, "2018"), (12, 3, "1890-01-02"), (13, 4, "2999-01-01"), (-1, 5, "2000-01-01")]
    for person, rid, text in told:
        low, high = interval(text)
        statement = "INSERT INTO search_date (person_id, rid, low, high, class, param) VALUES ($1, $2, $3, $4, 1, $5)"
        await before.execute(statement, person, rid, low, high, param)
        await before.execute(statement, person, rid, low, high, param + 1)
    await migrated(before)
    found = await before.fetch("SELECT rid, low, high FROM fact_birth ORDER BY rid")
    assert [tuple(row) for row in found] == [
        (1, date(2019, 4, 5), date(2019, 4, 5)),
        (2, date(2018, 1, 1), date(2018, 12, 31)),
        (3, date(1890, 1, 2), date(1890, 1, 2)),
    ]


async def test_guardians_become_proxies_of_children_and_nobodys_power_is_endless(before: Connection) -> None:
    """Hazard: a record opened for ever to whom an older version let in without an end."""
    param = parameters_of("RelatedPerson")["relationship"].id
    for rid, codes in ((1, ("MTH", "GUARD")), (2, ("POWATT",))):
        await tie(before, rid, "nhs-number|9990000018", "proxy")
        for code in codes:
            await before.execute(
                "INSERT INTO search_token (person_id, rid, clinical, class, system, param, code)"
                " VALUES (11, $1, 0, 1, 1, $2, $3)",
                *(rid, param, code),
            )
    await migrated(before)
    assert [(rid, kind) for rid, _, kind in await tied(before)] == [(1, "parent"), (2, "proxy")]
    high = await before.fetchval("SELECT high FROM fact_relationship WHERE kind = 'proxy'")
    assert abs(high - datetime.now(UTC) - timedelta(days=365)) < timedelta(minutes=5)


async def test_hazard_record_opened_to_a_stranger_whom_another_organisation_named_before(before: Connection) -> None:
    await before.execute("INSERT INTO source (source_id, ods, name) VALUES (1, 'RRE', 'The Hospital')")
    await before.execute("INSERT INTO access_class VALUES (1, 1, 'encounter', '{}')")
    for rid in range(1, 5):
        await before.execute(
            "INSERT INTO resource (person_id, type, id, rid, version, class, last_updated, clinical_low, clinical_high,"
            " method, body) VALUES (11, 1, $1, $2, 1, 1, now(), 0, 0, 1, '{}')",
            *(str(rid), rid),
        )
    await tie(before, 0, "A81001", "contribution")
    await tie(before, 1, "RRE", "encounter")
    await tie(before, 2, "A81001", "encounter")
    await tie(before, 3, "A81001", "referral")
    await tie(before, 4, "nhs-number|9990000018", "self")
    epoch = await before.fetchval("SELECT epoch FROM policy")
    await migrated(before)
    assert [(rid, kind) for rid, _, kind in await tied(before)] == [
        (0, "contribution"),
        (1, "encounter"),
        (3, "referral"),
        (4, "self"),
    ]
    assert await before.fetchval("SELECT epoch FROM policy") == epoch + 1
