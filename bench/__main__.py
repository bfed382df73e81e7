"""`python -m bench [--runs 3] [--times 1] [--people 0]`: measure an area and print the figures beside the floor."""

import argparse
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import uvloop

from bench import corpus, floor, measures
from bench.area import Area, running_area, running_database
from bench.decisions import decision_times
from bench.report import Figure, save, show
from lhcr.fhir.search.catalogue import parameters_of
from lhcr.record.sql import READS

CODE = parameters_of("Observation")["code"].id
RESULT = Path(__file__).resolve().parents[1] / "build" / "bench.json"

READ = "SELECT r.version, r.last_updated, r.body FROM {table} AS t JOIN resource AS r USING (person_id, type, id) WHERE t.n = :n;"
SEARCH = (
    "SELECT r.type, r.id, r.version, r.body FROM search_token AS t JOIN resource AS r ON r.person_id = t.person_id AND r.rid = t.rid "
    "WHERE t.person_id = (SELECT person_id FROM {table} WHERE n = :n) AND t.param = (SELECT type FROM {table} WHERE n = :n) "
    "AND t.code = (SELECT id FROM {table} WHERE n = :n) AND t.class = ANY (ARRAY(SELECT class_id FROM access_class)) "
    "AND r.clinical_low >= 946684800000000 ORDER BY t.clinical DESC, t.rid LIMIT 51;"
)
INSERT = (
    "INSERT INTO audit_entry (writer_id, seq, recorded, salt, digest, chain, text) "
    "VALUES (-1, nextval('rid_sequence'), now(), '\\x00', '\\x00', '\\x00', convert_to(repeat('x', 500), 'UTF8'));"
)


def everything_statement(mask: bytes) -> str:
    """Return the server's own statement of a record's first page, with what it is asked put in and the classes of a mask."""
    text = READS["everything"].replace("{in_range}", "true").replace("{left_out}", "false")
    asked = {
        1: "(SELECT person_id FROM {table} WHERE n = :n)",
        2: f"'\\x{mask.hex()}'",
        3: "NULL",
        4: "0",
        5: "''",
        6: str(measures.PATIENT),
        7: "NULL",
        8: "NULL",
        9: "1001",
        10: "NULL",
    }
    # The larger numbers first, because $1 begins $10.
    for number in sorted(asked, reverse=True):
        text = text.replace(f"${number}", asked[number])
    return " ".join(line for line in text.splitlines() if not line.strip().startswith("--")) + ";"


def figures() -> dict[str, Figure]:
    return {
        "ingest": Figure("resources/s", ">= 5000 and half of COPY"),
        "load": Figure("entries/s", ">= 8000 with two processes"),
        "everything": Figure("records/s", ">= 1000 and 35% of pgbench (130 resources)"),
        "everything_700": Figure("records/s", ">= 300"),
        "search": Figure("pages/s", ">= 1300"),
        "read": Figure("reads/s", ">= 3000"),
        "create": Figure("creates/s", ">= 1300"),
        "create_cpu": Figure("ms", "< 1.5 of workers and database, so that two cores can reach 1300"),
        "page": Figure("ms", "< 60"),
        "decide": Figure("us", "< 50: the median decision without I/O"),
        "decide_cold": Figure("ms", "< 5: 99 in 100 rulings with their facts read anew"),
        "rss": Figure("MB", "< 250"),
    }


async def measure(
    area: Area, found: dict[str, Figure], *, runs: int, growth: Iterator[list[corpus.Transaction]]
) -> None:
    await measure_ingest(area, found)
    await measure_all(area, found, runs=runs, number=1000)
    found["rss"].runs.append(area.resident_megabytes())
    if (arriving := next(growth, None)) is not None:
        await measure_grown(area, found, runs=runs, growth=itertools.chain([arriving], growth))


async def measure_ingest(area: Area, found: dict[str, Figure]) -> None:
    """Measure an empty area's ingest, beside a COPY of what it wrote."""
    await measures.ingest(area, corpus.directory(), connections=1)
    first = list(corpus.people())
    found["ingest"].runs.append(await measures.ingest(area, first))
    loaded = sum(each.resources for each in first)
    found["ingest"].floors.append(loaded / await floor.copy_rows(area.dsn, area.folder))


def measure_empty_areas(found: dict[str, Figure], *, runs: int) -> None:
    """Measure what begins with nothing: each run has a record of its own. The last ingest is that of the area of all else."""
    for _ in range(runs):
        with running_database() as dsn:
            found["load"].runs.append(measures.load(dsn))
    for _ in range(runs - 1):
        with running_area() as area:
            uvloop.run(measure_ingest(area, found))


async def measure_grown(
    area: Area, found: dict[str, Figure], *, runs: int, growth: Iterator[list[corpus.Transaction]]
) -> None:
    """Let the area grow, and measure the same again; of the growth the last three rates count."""
    after = figures()
    for arriving in growth:
        rate = await measures.ingest(area, arriving)
        after["ingest"].runs = [*after["ingest"].runs[-2:], rate]
    await measure_all(area, after, runs=runs, number=1001)
    after["rss"].runs.append(area.resident_megabytes())
    for name, figure in after.items():
        found[name].grown = figure.runs


def growth_of(*, times: int, people: int) -> Iterator[list[corpus.Transaction]]:
    """Yield those who come: the corpus's people again, or people of 130 resources until there are so many."""
    yield from (list(corpus.more_people_once(copy)) for copy in range(1, times))
    here, number = 80 * times, 2000
    while here < people:
        arriving = corpus.people_of(130, number=number, most=min(79, people - here))
        yield arriving
        here, number = here + len(arriving), number + 1


async def measure_all(area: Area, found: dict[str, Figure], *, runs: int, number: int) -> None:
    # Those made before have grown meanwhile, because creates are about everybody.
    await measures.ingest(area, corpus.people_of(130, number=number))
    await settle(area)
    records = await measures.records(area)
    for _ in range(runs):
        await measure_reads(area, found, records)
        await measure_page(area, found, measures.near(records, 500))
        await measure_decisions(area, found, records)
    for _ in range(runs):
        await measure_creates(area, found)


async def settle(area: Area) -> None:
    """Let the database take stock, as it does by itself a minute after a load."""
    floor.vacuum(area.dsn)


async def measure_reads(area: Area, found: dict[str, Figure], records: list[measures.PersonRecord]) -> None:
    for name, size, requests in (("everything", 130, 3000), ("everything_700", 700, 1000)):
        people = measures.near(records, size)
        await measures.everything(area, people, requests=100)
        found[name].runs.append(await measures.everything(area, people, requests=requests))
        rows = [(person.person_id, measures.PATIENT, person.patient) for person in people]
        found[name].floors.append(
            await drawn(area, everything_statement(await measures.every_class(area)), rows, clients=8)
        )
    observations = await measures.observations(area, most=5000)
    ids = [row["id"] for row in observations]
    await measures.read(area, ids, requests=500)
    found["read"].runs.append(await measures.read(area, ids, requests=10000))
    rows = [(row["person_id"], row["type"], row["id"]) for row in observations]
    found["read"].floors.append(await drawn(area, READ, rows, clients=32))
    asked = await measures.person_codes(area, measures.near(records, 2000, most=40))
    await measures.search(area, asked, requests=200)
    found["search"].runs.append(await measures.search(area, asked, requests=4000))
    rows = [(person.person_id, CODE, code) for person, code in asked]
    found["search"].floors.append(await drawn(area, SEARCH, rows, clients=32))


async def measure_page(area: Area, found: dict[str, Figure], people: list[measures.PersonRecord]) -> None:
    """Measure the record page beside how long one client waits for the same records."""
    found["page"].runs.append(await measures.page(area, people, requests=60))
    rows = [(person.person_id, measures.PATIENT, person.patient) for person in people]
    found["page"].floors.append(
        1000 / await drawn(area, everything_statement(await measures.every_class(area)), rows, clients=1)
    )


async def measure_decisions(area: Area, found: dict[str, Figure], records: list[measures.PersonRecord]) -> None:
    times = await decision_times(area, records)
    found["decide"].runs.append(times.rules)
    found["decide_cold"].runs.append(times.cold)
    found["decide_cold"].floors.append(times.round_trip)


async def measure_creates(area: Area, found: dict[str, Figure]) -> None:
    bodies = measures.creatable(await measures.observations(area, most=500))
    await measures.create(area, bodies, requests=1000)
    before, requests = area.processor_seconds(), 4000
    found["create"].runs.append(await measures.create(area, bodies, requests=requests))
    found["create_cpu"].runs.append((area.processor_seconds() - before) / requests * 1000)
    found["create"].floors.append(await floor.pgbench(area.dsn, INSERT, area.folder, clients=32))


async def drawn(area: Area, script: str, rows: list[tuple[int, int, str]], *, clients: int) -> float:
    await floor.remember_targets(area.dsn, "bench_target", rows)
    text = f"\\set n random(1, {len(rows)})\n" + script.format(table="bench_target")
    return await floor.pgbench(area.dsn, text, area.folder, clients=clients)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--runs", type=int, default=3, help="how often each figure is measured; the median counts")
    parser.add_argument(
        "--times",
        type=int,
        default=1,
        help="measure again after the area has grown to so many times the corpus's people",
    )
    parser.add_argument(
        "--people", type=int, default=0, help="... or to so many people, new ones with 130 resources each"
    )
    options = parser.parse_args()
    if not corpus.folder().is_dir():
        print("The Synthea corpus is missing: name its folder's parent with LHCR_CORPUS. Nothing was measured.")
        return 2
    found = figures()
    measure_empty_areas(found, runs=options.runs)
    with running_area() as area:
        growth = growth_of(times=options.times, people=options.people)
        uvloop.run(measure(area, found, runs=options.runs, growth=growth))
    measured = {name: figure for name, figure in found.items() if figure.runs}
    print(show(measured))
    save(measured, RESULT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
