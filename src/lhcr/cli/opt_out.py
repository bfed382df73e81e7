"""`lhcr opt-out`: whose record may serve nothing but their own care, by the National Data Opt-out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from lhcr.access.opt_out import OptOutChange, OptOutList

_File = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="NHS numbers, one in each line.")
]


def make_opt_out() -> typer.Typer:
    app = typer.Typer(
        help="Load the National Data Opt-out, which stops research and planning and never a person's care.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.command(cls=PlainCommand)(load)
    app.command(cls=PlainCommand)(status)
    return app


def load(
    file: _File,
    empty: Annotated[bool, typer.Option("--empty", help="Take a file without any number: nobody opts out.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Let the numbers of a file take the place of the list. Every worker obeys with its next request; the log says who loaded it."""
    import asyncio

    from lhcr.access.opt_out import read_opt_outs
    from lhcr.cli.database import open_database

    with file.open("rb") as lines:
        numbers = read_opt_outs(lines)
    if not numbers and not empty:
        # Hazard: a file that was cut off, and everybody's word undone by it.
        raise typer.BadParameter("the file has no number. Give --empty where nobody opts out.")
    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        change = asyncio.run(_load(dsn, numbers))
    _tell(
        {"numbers": change.numbers, "added": change.added, "removed": change.removed},
        f"{change.numbers} numbers on the list: {change.added} added, {change.removed} removed.",
        as_json=as_json,
    )
    return 0


def status(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Say when the list was loaded and how many numbers it has. Without one, every secondary use is refused."""
    import asyncio

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        found = asyncio.run(_status(dsn))
    if found is None:
        _tell({"loaded": None, "numbers": 0}, "No list was loaded: every secondary use is refused.", as_json=as_json)
        return 0
    loaded = found.loaded.isoformat(timespec="seconds")
    _tell({"loaded": loaded, "numbers": found.numbers}, f"{found.numbers} numbers, loaded {loaded}.", as_json=as_json)
    return 0


async def _load(dsn: str, numbers: frozenset[str]) -> "OptOutChange":
    from lhcr.access.opt_out import replace_opt_outs
    from lhcr.cli.operating import operating

    async with operating(dsn) as at_work:
        now = at_work.parts.clock.now()
        return await replace_opt_outs(at_work.changes, at_work.operator, numbers, now=now)


async def _status(dsn: str) -> "OptOutList | None":
    from lhcr.access.opt_out import current_list
    from lhcr.store.database import open_pool

    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        return await current_list(pool)


def _tell(facts: dict[str, object], words: str, *, as_json: bool) -> None:
    import json
    import sys

    sys.stdout.write(f"{json.dumps(facts) if as_json else words}\n")
