"""`lhcr office check`: what looks unusual in the log is checked against what is recorded, once and now."""

from typing import TYPE_CHECKING

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from lhcr.office.watch import Round


def make_office() -> typer.Typer:
    app = typer.Typer(
        help="The privacy office: checks of what looks unusual.", no_args_is_help=True, rich_markup_mode=None
    )
    app.command(cls=PlainCommand)(check)
    app.callback()(_office)
    return app


def _office() -> None:
    """The privacy office: checks of what looks unusual."""


def check(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Read what is new in the log, and close or open what was noticed. A running area does the same every minute."""
    import asyncio
    import json
    import sys
    from dataclasses import asdict

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        done = asyncio.run(_check(dsn))
    if as_json:
        sys.stdout.write(json.dumps({"running": done is None} | (asdict(done) if done else {})) + "\n")
    elif done is None:
        sys.stdout.write("The running area is checking at this moment. Nothing was done here.\n")
    else:
        scanned, checked = done.scanned, done.checked
        sys.stdout.write(
            f"Read {scanned.entries} new entries of the log: {scanned.openings} openings, {scanned.found} of them unusual.\n"
            f"Looked at {checked.looked_at}: {checked.closed} closed by themselves, {checked.opened} became cases.\n"
            f"Removed what was said in {done.forgotten} cases that were closed long ago.\n"
        )
    return 0


async def _check(dsn: str) -> "Round | None":
    from lhcr.cli.oversight import overseeing
    from lhcr.office.watch import make_watch

    async with overseeing(dsn, asked="what looks unusual, to check it") as parts:
        watch = make_watch(
            parts.side_pool,
            log=parts.log,
            policy=parts.policy,
            clock=parts.clock,
            ids=parts.ids,
            site=parts.settings.area_name,
            overseer=parts.settings.oversight_organisation.strip().upper(),
        )
        return await watch.check_now()
