"""`lhcr signing-key`: make and rotate the keys with which the area signs its tokens."""

from typing import Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand


def make_signing_key() -> typer.Typer:
    app = typer.Typer(
        help="Make and rotate the keys of the area's tokens.", no_args_is_help=True, rich_markup_mode=None
    )
    app.command(cls=PlainCommand)(make)
    app.command(cls=PlainCommand)(rotate)
    return app


def make(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Make the keys of an area that has none. Nothing changes where it has them."""
    import asyncio

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        return _report(asyncio.run(_make(dsn)), as_json=as_json)


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

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        return _report(asyncio.run(_rotate(dsn, compromised=compromised)), as_json=as_json)


def _report(kids: dict[str, str], *, as_json: bool) -> int:
    import json
    import sys

    lines = "".join(f"{state}: {kid}\n" for kid, state in kids.items())
    sys.stdout.write(json.dumps({"keys": kids}) + "\n" if as_json else lines)
    return 0


async def _make(dsn: str) -> dict[str, str]:
    from lhcr.identity.signing_keys import keys_made_once
    from lhcr.kernel.clock import SystemClock
    from lhcr.store.database import open_pool

    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        keys = await keys_made_once(pool, clock=SystemClock())
    return {each.kid: each.state.value for each in keys.keys}


async def _rotate(dsn: str, *, compromised: bool) -> dict[str, str]:
    from lhcr.identity.signing_keys import rotate as rotate_keys
    from lhcr.kernel.clock import SystemClock
    from lhcr.store.database import open_pool

    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        keys = await rotate_keys(pool, clock=SystemClock(), compromised=compromised)
    return {each.kid: each.state.value for each in keys.keys}
