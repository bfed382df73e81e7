"""`lhcr migrate`: bring a database to the newest schema."""

from pathlib import Path
from typing import Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json

Distribute = Annotated[
    bool,
    typer.Option(
        "--distribute", help="Also spread the tables over the nodes of a Citus cluster; before the first load."
    ),
]


def migrate(
    data_dir: DataDir = None, database_url: DatabaseUrl = "", distribute: Distribute = False, as_json: Json = False
) -> int:
    """Bring the database to the newest schema. Safe to run twice, and at once; a step that is interrupted is undone whole."""
    import asyncio
    import json
    import sys

    from lhcr.store.distribution import distribute as spread

    cluster = _cluster(database_url) if distribute else ""
    applied = asyncio.run(_apply(database_url)) if database_url else _apply_to_embedded(data_dir)
    if cluster:
        applied += [f"{table} (distributed)" for table in asyncio.run(spread(cluster))]
    if as_json:
        sys.stdout.write(json.dumps({"applied": applied}) + "\n")
    elif applied:
        sys.stdout.write("Applied: " + ", ".join(applied) + "\n")
    else:
        sys.stdout.write("The schema is the newest already.\n")
    return 0


def _cluster(database_url: str) -> str:
    """Only a server of its own can be a cluster; the embedded one has no Citus."""
    if not database_url:
        raise typer.BadParameter("--distribute needs --database-url: the embedded database is one server.")
    return database_url


def _apply_to_embedded(data_dir: Path | None) -> list[str]:
    import asyncio

    from lhcr.cli.database import create_area, embedded_server

    with embedded_server(data_dir=data_dir, create=True) as server:
        return asyncio.run(_apply(asyncio.run(create_area(server))))


async def _apply(dsn: str) -> list[str]:
    from lhcr.cli.database import connect
    from lhcr.store.migrations import migrate as apply_migrations

    # Connecting first tells a wrong address in a sentence.
    await (await connect(dsn)).close()
    applied = await apply_migrations(dsn)
    return [*applied, *await _fill(dsn)]


async def _fill(dsn: str) -> list[str]:
    """What no statement can project from what stands: it takes its rows in turn, and goes on where it was stopped."""
    from lhcr.record.kin_filling import fill_kin
    from lhcr.record.quote_filling import fill_quotes
    from lhcr.store.database import open_pool

    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        filled = {"digests of {} people": await fill_kin(pool), "marks of {} versions": await fill_quotes(pool)}
    return [words.format(number) for words, number in filled.items() if number]
