"""`lhcr migrate`: bring a database to the newest schema."""

from pathlib import Path

from lhcr.cli.options import DatabaseUrl, DataDir, Json


def migrate(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Bring the database to the newest schema. Safe to run twice, and at once; a step that is interrupted is undone whole."""
    import asyncio
    import json
    import sys

    applied = asyncio.run(_apply(database_url)) if database_url else _apply_to_embedded(data_dir)
    if as_json:
        sys.stdout.write(json.dumps({"applied": applied}) + "\n")
    elif applied:
        sys.stdout.write("Applied: " + ", ".join(applied) + "\n")
    else:
        sys.stdout.write("The schema is the newest already.\n")
    return 0


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
    return await apply_migrations(dsn)
