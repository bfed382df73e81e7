"""`lhcr audit dispose` and `new-key`: ending the retention of what the log says, and changing the key that signs its heads."""

from datetime import datetime
from typing import Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir


def dispose(
    before: Annotated[
        datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="Texts of entries before this day (UTC).")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Dispose of them; without it they are only counted.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
) -> int:
    """Dispose of what old entries of the log say, when their retention has ended. Every proof still holds; it cannot be undone."""
    import asyncio
    import sys
    from datetime import UTC

    from lhcr.cli.counted import counted
    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        count = asyncio.run(_dispose(dsn, before.replace(tzinfo=UTC), yes=yes))
    texts = counted(count, "text", "texts")
    done = "disposed of" if yes else "would be disposed of; nothing was changed (--yes)"
    sys.stdout.write(f"{texts} of entries before {before:%Y-%m-%d} {done}.\n")
    return 0


def new_key(data_dir: DataDir = None, database_url: DatabaseUrl = "") -> int:
    """Change to a new key for the log's heads. The old one vouches for it, and its private half is forgotten."""
    import asyncio
    import sys

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        key = asyncio.run(_new_key(dsn))
    sys.stdout.write(f"Heads are signed from now on by the key\n{key}\n")
    return 0


async def _dispose(dsn: str, before: datetime, *, yes: bool) -> int:
    from lhcr.audit.disposal import check_ended, disposable_texts, dispose_texts
    from lhcr.cli.oversight import overseeing, oversight_draft

    asked = f"the texts of entries before {before:%Y-%m-%d}, to dispose of them"
    async with overseeing(dsn, asked=asked) as parts:
        check_ended(before, now=parts.clock.now())
        if not yes:
            return await disposable_texts(parts.side_pool, before=before)
        draft = await oversight_draft(parts, asked=asked)
        return await dispose_texts(parts.side_pool, parts.log, draft=draft, before=before, clock=parts.clock)


async def _new_key(dsn: str) -> str:
    from lhcr.audit.sequencer import Sequencer
    from lhcr.cli.oversight import overseeing
    from lhcr.kernel.errors import Conflict, Issue

    async with overseeing(dsn, asked="the key of the log's heads, to change it") as parts:
        try:
            chain = await Sequencer(parts.side_pool, clock=parts.clock).rotate_key()
        except ValueError as error:
            raise Conflict([Issue(code="conflict", error="log-key-gone", diagnostics=str(error))]) from None
    return chain.newest.public.text
