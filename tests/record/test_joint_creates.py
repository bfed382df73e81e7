"""Joint creates: what comes to a worker together is written together, and what is wrong with one reaches nobody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest
from tests.record.area import HOSPITAL, PHARMACY, Area, open_area, refusal
from tests.record.made import LOINC, identifier, medication, number, observation, patient, prescription

from lhcr.fhir.json_document import read_json
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.record.written import Written
from lhcr.store.database import Connection

_BROKEN = """CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF {when} THEN RAISE 'broken' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION broken()"""

_OPEN_WRITERS = "SELECT count(*) FROM audit_writer WHERE last_seq IS NULL"


@pytest.fixture
async def people(area: Area) -> Area:
    """Three people whom the hospital knows; all that an Observation needs is interned."""
    for index in range(3):
        await area.hospital.update(patient(number(index + 1), id=f"p{index}"))
        await area.hospital.create(observation(f"Patient/p{index}"))
    return area


def coded(code: str, subject: str = "Patient/p0") -> JsonObject:
    return observation(subject, code={"coding": [{"system": LOINC, "code": code}]})


async def together(*attempts: Awaitable[Written]) -> list[Written | BaseException]:
    return await asyncio.gather(*attempts, return_exceptions=True)


def made(outcomes: Sequence[Written | BaseException]) -> list[Written]:
    return [each for each in outcomes if isinstance(each, Written)]


async def stands(area: Area, written: Written) -> bool:
    reference = f"{written.draft.type}/{written.draft.id}"
    return (await area.hospital.read(reference)).body == written.body


async def log_has_no_gap(area: Area) -> bool:
    rows = await area.rows("SELECT writer_id, count(*) AS n, max(seq) AS last FROM audit_entry GROUP BY writer_id")
    return all(row["n"] == row["last"] for row in rows)


async def test_creates_that_come_together_share_a_transaction_and_each_has_its_own_entry_and_answer(
    people: Area,
) -> None:
    before = len(await people.entries())
    written = made(await together(*(people.hospital.create(coded(f"{n}-1", f"Patient/p{n % 3}")) for n in range(24))))
    assert len(written) == 24
    assert [read_json(each.body or b"")["code"]["coding"][0]["code"] for each in written] == [
        f"{n}-1" for n in range(24)
    ]
    entries = (await people.entries())[before:]
    items = [entry["items"] for entry in entries]
    assert sorted((item[0][1], entry["person_id"]) for item, entry in zip(items, entries, strict=True)) == sorted(
        (each.draft.id or "", each.draft.person_id) for each in written
    )
    assert {len(item) for item in items} == {1}
    assert all([await stands(people, each) for each in written])
    ids = [each.draft.id for each in written]
    transactions = await people.value("SELECT count(DISTINCT xmin::text) FROM resource WHERE id = ANY ($1)", ids)
    assert transactions < 12
    assert await log_has_no_gap(people)


async def test_one_that_is_refused_among_many_is_refused_alone_and_logged(people: Area) -> None:
    outcomes = await together(
        *(people.hospital.create(observation("Patient/nobody" if n == 5 else "Patient/p1")) for n in range(12))
    )
    assert isinstance(outcomes[5], Incorrect)
    assert outcomes[5].status == 422
    assert len(made(outcomes)) == 11
    entries = await people.entries()
    assert [entry["outcome"] for entry in entries].count("8") == 1
    assert await log_has_no_gap(people)


@pytest.mark.parametrize("table", ["search_token", "resource"])
async def test_one_that_the_database_refuses_among_many_reaches_nobody_else(people: Area, table: str) -> None:
    when = "NEW.code = 'poison'" if table == "search_token" else "position('poison'::bytea in NEW.body) > 0"
    await people.pool.execute(_BROKEN.format(table=table, when=when))
    outcomes = await together(*(people.hospital.create(coded("poison" if n == 7 else "8867-4")) for n in range(12)))
    assert isinstance(outcomes[7], asyncpg.CheckViolationError)
    assert len(made(outcomes)) == 11
    assert all([await stands(people, each) for each in made(outcomes)])
    assert await people.value("SELECT count(*) FROM search_token WHERE code = 'poison'") == 0
    assert await log_has_no_gap(people)


async def test_one_that_cannot_be_sent_to_the_database_reaches_nobody_else(people: Area) -> None:
    outcomes = await together(*(people.hospital.create(coded("\ud800" if n == 3 else "8867-4")) for n in range(12)))
    assert isinstance(outcomes[3], Exception)
    assert len(made(outcomes)) == 11
    assert await log_has_no_gap(people)


async def test_where_the_log_refuses_nothing_is_written(people: Area) -> None:
    before = await people.value("SELECT count(*) FROM resource")
    await people.pool.execute(_BROKEN.format(table="audit_entry", when="true"))
    outcomes = await together(*(people.hospital.create(observation("Patient/p0")) for _ in range(8)))
    assert not made(outcomes)
    assert await people.value("SELECT count(*) FROM resource") == before
    await people.pool.execute("DROP FUNCTION broken CASCADE")
    await people.hospital.create(observation("Patient/p0"))
    assert await log_has_no_gap(people)


async def test_contributions_of_several_sources_stay_their_own(people: Area) -> None:
    own = await people.pharmacy.create(patient(number(1)))
    before = await people.value("SELECT epoch FROM person WHERE person_id = $1", await people.person_of("Patient/p0"))
    asked = [(people.hospital, "Patient/p0"), (people.pharmacy, f"Patient/{own.draft.id}")] * 6
    written = made(await together(*(asker.create(observation(subject)) for asker, subject in asked)))
    assert len(written) == 12
    rows = await people.rows(
        "SELECT s.ods, count(*) AS n FROM resource AS r JOIN access_class AS c ON c.class_id = r.class"
        " JOIN source AS s USING (source_id) WHERE r.id = ANY ($1) GROUP BY s.ods",
        [each.draft.id for each in written],
    )
    assert {row["ods"]: row["n"] for row in rows} == {HOSPITAL.organisation: 6, PHARMACY.organisation: 6}
    assert await refusal(people.pharmacy.read(f"Observation/{written[0].draft.id}")) == (404, "not-found")
    after = await people.value("SELECT epoch FROM person WHERE person_id = $1", await people.person_of("Patient/p0"))
    assert after > before


async def test_only_those_who_refer_to_the_shelf_are_marked_as_using_it(people: Area) -> None:
    await people.hospital.update(medication(id="drug"))
    outcomes = await together(
        *(people.hospital.create(observation(f"Patient/p{n % 3}")) for n in range(9)),
        people.hospital.create(prescription("Patient/p2", "Medication/drug")),
        *(people.hospital.create(observation(f"Patient/p{n % 3}")) for n in range(9)),
    )
    assert len(made(outcomes)) == 19
    marked = await people.rows("SELECT person_id FROM person WHERE uses_shelf")
    assert [row["person_id"] for row in marked] == [await people.person_of("Patient/p2")]


async def test_each_person_gets_one_notice_of_all_that_was_written(people: Area) -> None:
    written = made(await together(*(people.hospital.create(observation(f"Patient/p{n % 3}")) for n in range(12))))
    rows = await people.rows("SELECT person_id, unnest(rids) AS rid FROM outbox")
    said = [(row["person_id"], row["rid"]) for row in rows]
    assert len(said) == len(set(said))
    assert {(each.draft.person_id, each.draft.rid) for each in written} <= set(said)


async def test_a_large_one_does_not_travel_with_others(people: Area) -> None:
    large = observation("Patient/p0", note=[{"text": "x" * 100_000}])
    written = made(
        await together(*(people.hospital.create(large if n % 4 == 1 else observation("Patient/p1")) for n in range(12)))
    )
    assert len(written) == 12
    ids = [each.draft.id for each in written if len(each.body or b"") > 100_000]
    assert len(ids) == 3
    shared = await people.value(
        "SELECT count(*) FROM resource AS l JOIN resource AS r ON r.xmin = l.xmin AND r.rid <> l.rid WHERE l.id = ANY ($1)",
        ids,
    )
    assert shared == 0


async def test_a_caller_who_leaves_takes_nobody_along(people: Area) -> None:
    async with _held(people, "LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE") as holder:
        tasks = [asyncio.create_task(people.hospital.create(observation("Patient/p0"))) for _ in range(9)]
        await _until_somebody_waits(holder)
        tasks[4].cancel()
        with pytest.raises(asyncio.CancelledError):
            await tasks[4]
    assert len(made(await together(*tasks[:4], *tasks[5:]))) == 8
    assert await log_has_no_gap(people)


async def test_what_a_caller_left_behind_is_done_before_a_worker_closes(people: Area) -> None:
    """Hazard: a worker that ends takes the connection from a create that somebody believes to be under way."""
    before = await people.value("SELECT count(*) FROM resource")
    writers = await people.value(_OPEN_WRITERS)
    async with open_area(people.dsn) as ending:
        async with _held(people, "LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE") as holder:
            leaver = asyncio.create_task(ending.hospital.create(observation("Patient/p0")))
            await _until_somebody_waits(holder)
            leaver.cancel()
            await asyncio.wait([leaver])
            closing = asyncio.create_task(ending.record.close())
            await asyncio.sleep(0.05)
            assert not closing.done()
        await closing
        assert await people.value("SELECT count(*) FROM resource") == before + 1
    assert await people.value(_OPEN_WRITERS) == writers
    assert await log_has_no_gap(people)


async def test_a_connection_that_dies_in_the_midst_leaves_nothing_half_written(people: Area) -> None:
    before = await people.value("SELECT count(*) FROM resource")
    async with _held(people, "LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE") as holder:
        tasks = [asyncio.create_task(people.hospital.create(observation("Patient/p0"))) for _ in range(9)]
        await _until_somebody_waits(holder)
        await holder.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    outcomes = await together(*tasks)
    assert len(made(outcomes)) < 9
    assert await people.value("SELECT count(*) FROM resource") == before + len(made(outcomes))
    assert all([await stands(people, each) for each in made(outcomes)])
    await people.hospital.create(observation("Patient/p0"))
    assert await log_has_no_gap(people)


async def test_who_writes_about_one_person_for_long_holds_up_nobody_elses_entries(people: Area) -> None:
    person_id = await people.person_of("Patient/p0")
    async with _held(people, f"SELECT FROM person WHERE person_id = {person_id} FOR UPDATE"):
        tasks = [
            asyncio.create_task(people.hospital.create(observation(f"Patient/p{0 if n == 4 else 1 + n % 2}")))
            for n in range(12)
        ]
        others = [task for n, task in enumerate(tasks) if n != 4]
        async with asyncio.timeout(5):
            assert len(made(await together(*others))) == 11
        assert not tasks[4].done()
    assert await stands(people, await tasks[4])


async def test_who_keeps_writing_about_a_person_that_is_locked_holds_up_others_once(people: Area) -> None:
    person_id = await people.person_of("Patient/p0")
    waiting = []
    async with _held(people, f"SELECT FROM person WHERE person_id = {person_id} FOR UPDATE"), asyncio.timeout(2):
        for _ in range(20):
            waiting += [asyncio.create_task(people.hospital.create(observation("Patient/p0")))]
            others = [people.hospital.create(observation(f"Patient/p{1 + n % 2}")) for n in range(6)]
            assert len(made(await together(*others))) == 6
    assert len(made(await together(*waiting))) == 20


async def test_two_workers_that_write_about_the_same_people_never_wait_in_a_circle(
    people: Area,
) -> None:
    async with open_area(people.dsn) as second:
        for _ in range(10):
            async with asyncio.timeout(20):
                outcomes = await together(
                    *(
                        area.hospital.create(observation(f"Patient/p{n % 3}"))
                        for n in range(12)
                        for area in (people, second)
                    ),
                    *(
                        area.hospital.update(observation(f"Patient/p{n}", id=f"o{n}"))
                        for n in range(3)
                        for area in (second, people)
                    ),
                )
            assert [each for each in outcomes if not isinstance(each, Written)] == []
        assert await log_has_no_gap(second)


async def test_patients_with_one_number_among_other_creates_are_one_person(people: Area) -> None:
    outcomes = await together(
        *(people.hospital.create(patient(number(9)) if n % 2 else observation("Patient/p0")) for n in range(16))
    )
    patients = [each.draft.person_id for each in made(outcomes) if each.draft.type == "Patient"]
    assert len(made(outcomes)) == 16
    assert len(set(patients)) == 1


async def test_entries_that_name_their_person_by_number_go_together_too(people: Area) -> None:
    def named(n: int) -> JsonObject:
        return {"type": "Patient", "identifier": identifier(number(n % 3 + 1))}

    written = made(await together(*(people.hospital.create(observation(named(n))) for n in range(9))))
    expected = [await people.person_of(f"Patient/p{n % 3}") for n in range(9)]
    assert [each.draft.person_id for each in written] == expected


async def test_who_may_not_write_about_a_person_is_refused_among_those_who_may(people: Area) -> None:
    """Hazard: somebody whose create travels with others must be held to their own decision, not to that of others."""
    outcomes = await together(
        *((people.surgery if n % 3 == 1 else people.hospital).create(observation("Patient/p0")) for n in range(12))
    )
    refused = [n for n, each in enumerate(outcomes) if isinstance(each, Incorrect)]
    assert refused == [1, 4, 7, 10]
    assert len(made(outcomes)) == 8


@asynccontextmanager
async def _held(area: Area, statement: str) -> AsyncIterator[Connection]:
    """Hold a lock meanwhile."""
    holder: Connection = await asyncpg.connect(area.dsn)
    try:
        async with holder.transaction():
            await holder.execute(statement)
            yield holder
    finally:
        await holder.close()


async def _until_somebody_waits(holder: Connection) -> None:
    for _ in range(500):
        if await holder.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")
