"""`lhcr signing-key`: rotate the keys with which the area signs its tokens."""

from typing import Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand


def make_signing_key() -> typer.Typer:
    app = typer.Typer(help="Rotate the keys of the area's tokens.", no_args_is_help=True, rich_markup_mode=None)
    app.callback()(_group)
    app.command(cls=PlainCommand)(rotate)
    return app


def _group() -> None:
    """Keep `rotate` a command of its own name."""


def rotate(
    compromised: Annotated[
        bool,
        typer.Option("--compromised", help="Also end every token that was signed until now: everybody signs in again."),
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Let the next key sign and make another. Tokens that were signed before go on until they end."""
    import asyncio
    import json
    import sys

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        kids = asyncio.run(_rotate(dsn, compromised=compromised))
    lines = "".join(f"{state}: {kid}\n" for kid, state in kids.items())
    sys.stdout.write(json.dumps({"keys": kids}) + "\n" if as_json else lines)
    return 0


async def _rotate(dsn: str, *, compromised: bool) -> dict[str, str]:
    from lhcr.identity.signing_keys import rotate as rotate_keys
    from lhcr.kernel.clock import SystemClock
    from lhcr.store.database import open_pool

    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        keys = await rotate_keys(pool, clock=SystemClock(), compromised=compromised)
    return {each.kid: each.state.value for each in keys.keys}
