"""The floor: what PostgreSQL's own tools do with the same rows and the same statements, on the same machine in the same run."""

import asyncio
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from lhcr.store.embedded.binaries import program_folder
from lhcr.store.migrations import migrate

COPIED = (
    "resource",
    "search_token",
    "search_string",
    "search_reference",
    "search_date",
    "search_quantity",
    "search_uri",
    "search_composite",
    "search_position",
    "resource_member",
    "fact_relationship",
    "audit_entry",
    "outbox",
)
SECONDS = 4


async def copy_rows(dsn: str, folder: Path) -> float:
    """Copy the rows of the record out, and back into empty tables with their indexes; return the seconds of the way back."""
    files = folder / "copied"
    files.mkdir(mode=0o777)
    for table in COPIED:
        _psql(dsn, f"\\copy {table} to '{files / table}' (format binary)")
    target = dsn.replace("/postgres?", "/floor?")
    await _recreate(dsn, "floor")
    await migrate(target)
    # The ingest found a server with nothing left to write out, and so does the floor.
    _psql(dsn, "CHECKPOINT;")
    script = "\n".join(f"\\copy {table} from '{files / table}' (format binary)" for table in COPIED)
    started = time.perf_counter()
    _psql(target, script)
    seconds = time.perf_counter() - started
    for file in files.iterdir():
        file.unlink()
    files.rmdir()
    return seconds


async def _recreate(dsn: str, name: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"DROP DATABASE IF EXISTS {name}")
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await connection.close()


async def remember_targets(dsn: str, table: str, rows: Sequence[tuple[int, int, str]]) -> None:
    """Keep (person_id, type, id) under numbers from 1, for pgbench to draw from."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"DROP TABLE IF EXISTS {table}")
    await connection.execute(f"CREATE TABLE {table} (n integer PRIMARY KEY, person_id bigint, type smallint, id text)")
    numbered = [(number, *row) for number, row in enumerate(rows, start=1)]
    await connection.copy_records_to_table(table, records=numbered)
    await connection.execute(f"ANALYZE {table}")
    await connection.close()


async def pgbench(dsn: str, script: str, folder: Path, *, clients: int) -> float:
    """Return the transactions per second of a script with prepared statements; it does not stop the loop meanwhile."""
    path = folder / "script.sql"
    path.write_text(script, encoding="utf-8")
    command = [
        str(program_folder() / "pgbench"),
        "-n",
        "-M",
        "prepared",
        "-c",
        str(clients),
        "-j",
        "2",
        "-T",
        str(SECONDS),
    ]
    done = await asyncio.to_thread(
        subprocess.run, [*command, "-f", str(path), dsn], capture_output=True, text=True, check=True
    )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found[1])


def vacuum(dsn: str) -> None:
    _psql(dsn, "VACUUM ANALYZE;\nCHECKPOINT;")


def _psql(dsn: str, script: str) -> None:
    subprocess.run(
        [str(program_folder() / "psql"), "-q", "-v", "ON_ERROR_STOP=1", dsn],
        input=script,
        text=True,
        check=True,
        capture_output=True,
    )
