"""`lhcr session`: end what somebody is signed in to, when a role of theirs has ended or something of theirs was lost."""

from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from lhcr.identity.user_ending import Ended


def make_session() -> typer.Typer:
    app = typer.Typer(help="End what a user is signed in to.", no_args_is_help=True, rich_markup_mode=None)
    app.callback()(_group)
    app.command(cls=PlainCommand)(end)
    return app


def _group() -> None:
    """End what a user is signed in to."""


def end(
    user: Annotated[str, typer.Option("--user", metavar="ID", help="The user, as the log names them.")],
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="ODS", help="Where they are no more; without it everywhere.")
    ] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """End a user's sessions, what they let apps do, and every token of both, in every worker with the next request.

    What they may do is decided by whoever lets them sign in: have the role ended there first. The log says who ended it.
    """
    import asyncio
    import json
    import sys

    from lhcr.cli.database import open_database
    from lhcr.nhs.ods import OdsCode

    where = OdsCode(organisation).value if organisation else ""
    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        ended = asyncio.run(_end(dsn, user, where))
    facts = {"user": user, "organisation": where, "sessions": ended.sessions, "grants": ended.grants}
    words = f"Ended: {ended.sessions} sessions and {ended.grants} grants to apps of {user}."
    sys.stdout.write(f"{json.dumps(facts) if as_json else words}\n")
    return 0


async def _end(dsn: str, user: str, organisation: str) -> "Ended":
    from lhcr.cli.operating import operating
    from lhcr.identity.user_ending import end_user
    from lhcr.store.database import Connection

    async with operating(dsn) as at_work:

        async def work(connection: Connection) -> "tuple[Ended, str]":
            now = at_work.parts.clock.now()
            ended = await end_user(connection, user, organisation=organisation, now=now)
            where = f" at {organisation}" if organisation else ""
            return ended, f"{user}{where}: {ended.sessions} sessions, {ended.grants} grants"

        return await at_work.changes.make(at_work.operator, "user-ended", work)
