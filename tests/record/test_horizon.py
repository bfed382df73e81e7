"""The horizon: a poller who goes on from its last answer misses nothing, however slowly others commit."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

import asyncpg
from tests.record.area import Area, Asker, open_area, post, put
from tests.record.made import number, observation, patient

from lhcr.fhir.search.catalogue import type_id
from lhcr.record.history import Slice

Seen = dict[str, set[int]]


async def _slow_commits(dsn: str) -> None:
    """Let transactions linger between their last statement and their commit, now and then for long."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        """CREATE FUNCTION lingering() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN PERFORM pg_sleep(CASE WHEN random() < 0.2 THEN 0.12 ELSE random() * 0.02 END); RETURN NULL; END $$;
           CREATE CONSTRAINT TRIGGER lingering AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED
           FOR EACH ROW EXECUTE FUNCTION lingering()"""
    )
    await connection.close()


async def _write(area: Area, writer: int, turns: int) -> None:
    chance = random.Random(writer)
    about = f"Patient/p{writer}"
    for turn in range(turns):
        kind = chance.randrange(3)
        if kind == 0:
            await area.hospital.create(observation(about, language=f"en-{turn}"))
        elif kind == 1:
            await area.hospital.update(observation(about, id=f"o{writer}", language=f"en-{turn}"))
        else:
            entries = [put(observation(about, id=f"t{writer}-{place}", language=f"en-{turn}")) for place in range(3)]
            await area.hospital.transaction(*entries, post(observation(about)))


async def _poll_history(asker: Asker, seen: Seen, done: asyncio.Event) -> None:
    """Ask for what changed since the newest instant that was told, again and again, and once after the end."""
    since: datetime | None = None
    finished = False
    while not finished:
        finished = done.is_set()
        page = await asker.history_of("Observation", part=Slice(since=since, after=None, count=1000))
        for each in page.versions:
            seen.setdefault(each.id, set()).add(each.version)
        since = page.versions[0].last_updated if page.versions else since
        await asyncio.sleep(0.002)


async def test_a_poller_misses_no_version_of_concurrent_writers(migrated_database: Callable[[], str]) -> None:
    """Hazard: stale shown as complete. A version that commits late with an early time must still be told."""
    dsn = migrated_database()
    async with open_area(dsn, largest=12) as area, open_area(dsn) as other:
        for writer in range(6):
            await area.hospital.update(patient(number(writer), id=f"p{writer}"))
        await _slow_commits(dsn)
        seen: Seen = {}
        done = asyncio.Event()
        poller = asyncio.create_task(_poll_history(other.hospital, seen, done))
        writers: list[Awaitable[None]] = [_write(area, writer, 12) for writer in range(6)]
        await asyncio.gather(*writers)
        done.set()
        await poller
        rows = await area.rows(
            "SELECT id, version FROM resource WHERE type = $1 UNION ALL SELECT id, version FROM resource_history WHERE type = $1",
            type_id("Observation"),
        )
        told = {(own_id, version) for own_id, versions in seen.items() for version in versions}
        assert len(rows) > 100
        assert told == {(row["id"], row["version"]) for row in rows}
