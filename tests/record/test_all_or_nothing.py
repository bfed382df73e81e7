"""All of a batch or nothing of it: what fails in its midst leaves no row anywhere, and the worker goes on."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from tests.record.area import Area, delete, post, put, refusal
from tests.record.made import medication, number, observation, organisation, patient, prescription

from lhcr.kernel.errors import LhcrError, Unavailable
from lhcr.record.draft import Draft
from lhcr.store.database import Connection

_TABLES = """SELECT tablename FROM pg_tables WHERE schemaname = 'public'
    AND tablename NOT IN ('access_class', 'policy', 'source', 'code_system', 'audit_writer', 'audit_trace', 'migration')"""


async def stored(area: Area) -> dict[str, list[dict[str, Any]]]:
    tables = [row["tablename"] for row in await area.rows(_TABLES)]
    return {table: await area.rows(f"SELECT * FROM {table} AS t ORDER BY t::text") for table in tables}


def batch(count: int = 3) -> list[Draft]:
    """A transaction that touches every kind of table: two persons, the directory, the shelf, changes and deletions."""
    return [
        put(organisation("B82002", id="org")),
        put(medication(id="drug")),
        put(patient(number(1), id="p", gender="female")),
        post(patient(number(2), generalPractitioner=[{"reference": "Organization/org"}]), full_url="urn:uuid:new"),
        post(observation("urn:uuid:new", focus=[{"reference": "Patient/p"}])),
        put(prescription("Patient/p", "Medication/drug", id="rx")),
        put(observation("Patient/p", id="o", status="amended")),
        delete("Observation/gone"),
        *(post(observation("Patient/p")) for _ in range(count)),
    ]


async def prepared(area: Area) -> dict[str, list[dict[str, Any]]]:
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(observation("Patient/p", id="o"))
    await area.hospital.update(observation("Patient/p", id="gone"))
    # The classes and systems of the batch are interned apart, so they are before it what they are after.
    await area.hospital.transaction(put(organisation("Y", id="y")), put(medication(id="m")))
    return await stored(area)


async def goes_on(area: Area, before: dict[str, list[dict[str, Any]]]) -> None:
    """Nothing is left of what failed, and what comes next is written whole."""
    after = await stored(area)
    assert {table for table in before if before[table] != after[table]} == set()
    written = await area.hospital.transaction(*batch())
    assert [each.draft.is_nothing for each in written] == [False] * len(written)
    assert (await area.hospital.read("Observation/o")).version == 2
    await log_has_no_gap(area)


async def log_has_no_gap(area: Area) -> None:
    rows = await area.rows("SELECT writer_id, count(*) AS n, max(seq) AS last FROM audit_entry GROUP BY writer_id")
    assert all(row["n"] == row["last"] for row in rows)


_BROKEN = {
    "search row": "search_token",
    "fact": "fact_relationship",
    "notice": "outbox",
    "resource": "resource",
    "history": "resource_history",
    "directory": "directory_resource",
    "member": "resource_member",
    "locator": "locator",
    "log": "audit_entry",
}


@pytest.mark.parametrize("table", _BROKEN.values(), ids=_BROKEN.keys())
async def test_a_failure_in_one_table_leaves_nothing_in_any(area: Area, table: str) -> None:
    before = await prepared(area)
    await area.pool.execute(
        f"""CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken' USING ERRCODE = '23514'; END $$;
        CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION broken()"""
    )
    # Whoever writes is told where it is the log that is down.
    expected = Unavailable if table == "audit_entry" else asyncpg.CheckViolationError
    with pytest.raises(expected):
        await area.hospital.transaction(*batch())
    if table in {"resource", "search_token", "outbox", "audit_entry"}:
        with pytest.raises(expected):
            await area.hospital.create(observation("Patient/p"))
    if table == "audit_entry":
        # An entry of the directory is not written without its entry in the log.
        with pytest.raises(expected):
            await area.hospital.create(organisation("Z99"))
    await area.pool.execute("DROP FUNCTION broken CASCADE")
    await goes_on(area, before)


async def test_a_large_batch_whose_rows_are_copied_is_all_or_nothing_too(area: Area) -> None:
    before = await prepared(area)
    await area.pool.execute(
        """CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken' USING ERRCODE = '23514'; END $$;
        CREATE TRIGGER broken BEFORE INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION broken()"""
    )
    entries = [post(observation("Patient/p")) for _ in range(300)]
    with pytest.raises(asyncpg.CheckViolationError):
        await area.hospital.transaction(*entries)
    await area.pool.execute("DROP FUNCTION broken CASCADE")
    await goes_on(area, before)


async def _while_held(area: Area, act: Callable[[Connection], Awaitable[None]]) -> BaseException:
    """Hold the outbox so that a transaction stops in its last statement; act on it there and return its error."""
    holder: Connection = await asyncpg.connect(area.dsn)
    try:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
        writing = asyncio.create_task(area.hospital.transaction(*batch()))
        for _ in range(500):
            if await holder.fetchval(_WAITS):
                break
            await asyncio.sleep(0.01)
        await act(holder)
        (error,) = await asyncio.gather(writing, return_exceptions=True)
        await transaction.rollback()
    finally:
        await holder.close()
    assert isinstance(error, BaseException)
    return error


_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass"
_WAITING = "SELECT {act}(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def test_a_connection_that_is_killed_in_the_midst_leaves_nothing(area: Area) -> None:
    before = await prepared(area)

    async def kill(holder: Connection) -> None:
        await holder.execute(_WAITING.format(act="pg_terminate_backend"))

    error = await _while_held(area, kill)
    assert isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | LhcrError | OSError)
    await goes_on(area, before)


async def test_a_statement_that_takes_too_long_leaves_nothing(area: Area) -> None:
    before = await prepared(area)

    async def cancel(holder: Connection) -> None:
        await holder.execute(_WAITING.format(act="pg_cancel_backend"))

    error = await _while_held(area, cancel)
    assert isinstance(error, asyncpg.QueryCanceledError | LhcrError)
    await goes_on(area, before)


async def test_a_caller_who_goes_away_in_the_midst_leaves_nothing(area: Area) -> None:
    before = await prepared(area)

    async def leave(_: Connection) -> None:
        for task in asyncio.all_tasks():
            if "transaction" in repr(task.get_coro()):
                task.cancel()

    error = await _while_held(area, leave)
    assert isinstance(error, asyncio.CancelledError)
    await goes_on(area, before)


async def test_every_success_and_every_failure_of_a_caller_is_in_the_log(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    await area.hospital.update(observation("Patient/p", id="o"))
    attempts = [
        (area.hospital.read("Observation/o"), ("read", "0")),
        (area.hospital.read("Observation/none"), ("read", "8")),
        (area.pharmacy.read("Observation/o"), ("read", "8")),
        (area.hospital.history("Observation/none"), ("history", "8")),
        (area.hospital.patch("Observation/none", []), ("patch", "8")),
        (area.hospital.update(observation("Patient/p", id="o"), if_match=9), ("update", "8")),
        (area.pharmacy.update(observation("Patient/none", id="o")), ("update", "8")),
        (area.hospital.update(observation("Patient/p", id="o")), ("update", "0")),
        (area.hospital.everything("Patient/p"), ("operation", "0")),
        (area.hospital.delete("Observation/o"), ("delete", "0")),
        (area.hospital.read("Observation/o"), ("read", "8")),
        (area.gp.read("Observation/o"), ("read", "4")),
    ]
    known = len(await area.entries())
    for attempt, said in attempts:
        with contextlib.suppress(LhcrError):
            await attempt
        entries = await area.entries()
        assert len(entries) == known + 1
        assert (entries[-1]["subtype"], entries[-1]["outcome"]) == said
        known += 1
    await log_has_no_gap(area)


async def test_a_transaction_has_one_entry_in_the_log_for_each_person(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="p"))
    known = len(await area.entries())
    written = await area.hospital.transaction(
        post(patient(number(2)), full_url="urn:uuid:q"),
        post(observation("urn:uuid:q")),
        post(observation("Patient/p")),
        post(medication()),
    )
    entries = (await area.entries())[known:]
    persons = {written[0].draft.person_id, await area.person_of("Patient/p"), None}
    assert {entry["person_id"] for entry in entries} == persons
    assert len(entries) == 3
    assert await refusal(area.hospital.read("Observation/none")) == (404, "not-found")
