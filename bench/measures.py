"""The measures: each drives the area over HTTP and gives a value in its unit."""

import itertools
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench import corpus, http_client
from bench.area import Area
from lhcr.fhir.search.catalogue import type_id
from lhcr.portal.record_keys import RecordKeys
from lhcr.store.class_mask import class_mask

OBSERVATION = type_id("Observation")
PATIENT = type_id("Patient")


@dataclass(frozen=True, slots=True)
class PersonRecord:
    person_id: int
    patient: str
    size: int


def _checked(outcome: http_client.Outcome) -> http_client.Outcome:
    if failures := outcome.failures():
        raise RuntimeError(f"answers with status {failures}")
    return outcome


async def ingest(area: Area, transactions: Sequence[corpus.Transaction], *, connections: int = 4) -> float:
    """Resources a second of transactions over HTTP."""
    requests = iter([http_client.request("POST", "/fhir", token=area.token, body=each.body) for each in transactions])
    outcome = _checked(
        await http_client.run(area.port, lambda: next(requests, None), connections=min(connections, len(transactions)))
    )
    return sum(each.resources for each in transactions) / outcome.seconds


def load(dsn: str) -> float:
    """Entries a second of `lhcr load` of the corpus's files with two processes, as its own report says."""
    program = Path(sys.executable).with_name("lhcr")
    command = [
        str(program),
        "load",
        str(corpus.folder()),
        "--source",
        "RRE",
        "--processes",
        "2",
        "--json",
    ]
    done = subprocess.run([*command, "--database-url", dsn], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return float(told["entries_per_second"])


async def records(area: Area) -> list[PersonRecord]:
    connection = await asyncpg.connect(area.dsn)
    rows = await connection.fetch(
        "SELECT person_id, count(*) AS size, min(id) FILTER (WHERE type = $1) AS patient "
        "FROM resource WHERE person_id > 0 AND body IS NOT NULL GROUP BY person_id ORDER BY person_id",
        PATIENT,
    )
    await connection.close()
    return [PersonRecord(row["person_id"], row["patient"], row["size"]) for row in rows if row["patient"]]


async def every_class(area: Area) -> bytes:
    """The mask of all access classes, as statements take it."""
    connection = await asyncpg.connect(area.dsn)
    rows = await connection.fetch("SELECT class_id FROM access_class")
    await connection.close()
    return class_mask(tuple(row["class_id"] for row in rows))


def near(found: Sequence[PersonRecord], size: int, *, most: int = 8) -> list[PersonRecord]:
    """Those whose records are nearest in size."""
    return sorted(found, key=lambda record: abs(record.size - size))[:most]


async def everything(area: Area, people: Sequence[PersonRecord], *, requests: int, connections: int = 8) -> float:
    paths = [f"/fhir/Patient/{person.patient}/$everything?_count=1000" for person in people]
    return await _drive(area, [_get(area, path) for path in paths], requests, connections)


async def read(area: Area, ids: Sequence[str], *, requests: int, connections: int = 32) -> float:
    return await _drive(area, [_get(area, f"/fhir/Observation/{each}") for each in ids], requests, connections)


async def search(
    area: Area, asked: Sequence[tuple[PersonRecord, str]], *, requests: int, connections: int = 32
) -> float:
    """Person + code + date, first page of 50."""
    paths = [
        f"/fhir/Observation?patient=Patient/{person.patient}&code=http://loinc.org%7C{code}&date=ge2000-01-01&_count=50"
        for person, code in asked
    ]
    return await _drive(area, [_get(area, path) for path in paths], requests, connections)


async def create(area: Area, bodies: Sequence[bytes], *, requests: int, connections: int = 32) -> float:
    made = [http_client.request("POST", "/fhir/Observation", token=area.token, body=body) for body in bodies]
    return await _drive(area, made, requests, connections)


async def page(area: Area, people: Sequence[PersonRecord], *, requests: int) -> float:
    """Milliseconds of the record page, one at a time, for a doctor of the hospital that contributed it."""
    connection = await asyncpg.connect(area.dsn)
    keys = RecordKeys(await connection.fetchval("SELECT value FROM area_setting WHERE name = 'record-key'"))
    await connection.close()
    made = [
        http_client.request("GET", f"/record/{keys.seal(person.patient)}", token="", headers={"Cookie": area.cookie})
        for person in people
    ]
    left = itertools.islice(itertools.cycle(made), requests)
    outcome = _checked(await http_client.run(area.port, lambda: next(left, None), connections=1))
    return statistics.median(outcome.latencies) * 1000


def _get(area: Area, path: str) -> bytes:
    return http_client.request("GET", path, token=area.token)


async def _drive(area: Area, made: Sequence[bytes], requests: int, connections: int) -> float:
    chosen = random.Random(1)
    left = iter([chosen.choice(made) for _ in range(requests)])
    outcome = _checked(await http_client.run(area.port, lambda: next(left, None), connections=connections))
    return outcome.per_second


async def observations(area: Area, *, most: int) -> list[asyncpg.Record]:
    """Observations of many people, as an area's day brings them: writes about one person wait for each other."""
    connection = await asyncpg.connect(area.dsn)
    rows = await connection.fetch(
        "SELECT person_id, type, id, body FROM resource WHERE type = $1 AND person_id > 0 ORDER BY hashint8(rid) LIMIT $2",
        OBSERVATION,
        most,
    )
    await connection.close()
    return list(rows)


def creatable(rows: Sequence[asyncpg.Record]) -> list[bytes]:
    bodies = []
    for row in rows:
        resource = json.loads(row["body"])
        resource.pop("id"), resource.pop("meta")
        bodies.append(json.dumps(resource, separators=(",", ":")).encode())
    return bodies


async def person_codes(area: Area, people: Sequence[PersonRecord]) -> list[tuple[PersonRecord, str]]:
    """The commonest code of each person's Observations, so that pages are full."""
    connection = await asyncpg.connect(area.dsn)
    found = []
    for person in people:
        code = await connection.fetchval(
            "SELECT t.code FROM search_token AS t JOIN resource AS r ON r.person_id = t.person_id AND r.rid = t.rid "
            "WHERE t.person_id = $1 AND r.type = $2 AND t.code ~ '^[0-9]+-[0-9]$' GROUP BY t.code ORDER BY count(*) DESC LIMIT 1",
            person.person_id,
            OBSERVATION,
        )
        if code:
            found.append((person, code))
    await connection.close()
    return found
