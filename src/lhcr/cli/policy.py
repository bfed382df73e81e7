"""`lhcr policy`: what an area decides for itself about access: whose word counts, who is told, whom to telephone, and the numbers."""

from pathlib import Path
from typing import Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

_File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", exists=True, dir_okay=False, help="A JSON object of what the area replaces of the baseline."
    ),
]


def make_policy() -> typer.Typer:
    app = typer.Typer(
        help="Set what the area decides for itself about access.", no_args_is_help=True, rich_markup_mode=None
    )
    app.command("set", cls=PlainCommand)(set_policy)
    app.command(cls=PlainCommand)(show)
    return app


def set_policy(file: _File, data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Let a file take the place of the area's policy. Workers take it when they start: restart the area. The log says who did it."""
    import asyncio
    import json
    import sys

    from lhcr.access.policy_replacement import read_replacement
    from lhcr.cli.database import open_database

    text = file.read_bytes()
    read_replacement(text)
    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        changed = asyncio.run(_replace(dsn, text))
    words = "The policy is replaced. Restart the area: workers go on by the policy with which they began."
    said = json.dumps({"changed": changed}) if as_json else words if changed else "This is the area's policy already."
    sys.stdout.write(f"{said}\n")
    return 0


def show(data_dir: DataDir = None, database_url: DatabaseUrl = "") -> int:
    """Show the area's whole policy as JSON: the baseline with what the area replaces of it."""
    import asyncio
    import sys

    import msgspec

    from lhcr.cli.area_policy import read_area_policy
    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        policy = asyncio.run(read_area_policy(dsn))
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(policy.file), indent=2).decode() + "\n")
    return 0


async def _replace(dsn: str, text: bytes) -> bool:
    from lhcr.access.policy_replacement import replace_policy
    from lhcr.cli.operating import operating

    async with operating(dsn) as at_work:
        return await replace_policy(at_work.changes, at_work.operator, text)
