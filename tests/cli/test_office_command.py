"""`lhcr office check`: what looks unusual is checked once, and that somebody had it checked is in the log."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase

from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.own_word import Word
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.kernel.clock import FixedClock, SystemClock
from lhcr.kernel.settings import Settings
from lhcr.parts import running_parts

WORD = Word(type=AlertType.ACCESS, reason=AlertReason.EMERGENCY, words="Found unconscious at the station")


@pytest.fixture
def alerted(migrated_database: MakeDatabase) -> str:
    """A database with an emergency session of ten days ago in which nothing was opened."""
    dsn = migrated_database()

    async def alert() -> None:
        clock = FixedClock(SystemClock().now() - timedelta(days=10))
        async with running_parts(Settings(), dsn, clock=clock) as parts:
            doctor = persona_claims(BY_NAME["ed-doctor"]).principal(
                token_id="t", expires=clock.now() + timedelta(hours=8)
            )
            person = await parts.side_pool.fetchval(
                "INSERT INTO person (person_id) VALUES (nextval('person_id_sequence')) RETURNING person_id"
            )
            await parts.own_word.give(doctor, person, WORD)

    asyncio.run(alert())
    return dsn


async def rows(dsn: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def test_it_checks_once_says_what_it_did_and_is_in_the_log(alerted: str) -> None:
    first = lhcr("office", "check", "--json", "--database-url", alerted)
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["running"], told["checked"]["closed"], told["checked"]["opened"]) == (False, 1, 0)
    second = lhcr("office", "check", "--database-url", alerted)
    assert "0 closed by themselves, 0 became cases." in second.stdout
    assert asyncio.run(rows(alerted, "SELECT state, outcome FROM privacy_case")) == [("closed", "nothing-opened")]
    texts = asyncio.run(rows(alerted, "SELECT text FROM audit_entry"))
    assert sum(b"what looks unusual, to check it" in text for (text,) in texts) == 2
