"""`lhcr staff`: what organisations tell of their staff, so that the privacy office learns who opens a record of their own or of family."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lhcr.cli.operating import Operating

_File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="CSV with the columns organisation, user_id, nhs_number, family_name, postcode and address_line.",
    ),
]
_Ods = Annotated[str, typer.Argument(metavar="ODS", help="The organisation.")]


def make_staff() -> typer.Typer:
    app = typer.Typer(
        help="Tell of staff, so that it is noticed who opens their own record, or their family's or neighbours'.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.command(cls=PlainCommand)(load)
    app.command(cls=PlainCommand)(forget)
    return app


def load(file: _File, data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Let a file take the place of all that is known of the staff of the organisations in it.

    It is kept as digests alone and shown to nobody; the log says who loaded it.
    """
    import json
    import sys

    from lhcr.access.staff import read_staff

    staff = read_staff(file.read_bytes())
    known: list[int] = []

    async def work(at_work: "Operating") -> None:
        from lhcr.access.kin_digest import kin_digests
        from lhcr.access.staff import load_staff

        digests = await kin_digests(at_work.parts.side_pool)
        known.append(await load_staff(at_work.changes, at_work.operator, staff, digests=digests))

    _run(work, data_dir, database_url)
    organisations = sorted({each.organisation for each in staff})
    facts = {"organisations": organisations, "staff": known[0]}
    words = f"{known[0]} members of staff are known of {', '.join(organisations)}."
    sys.stdout.write(f"{json.dumps(facts) if as_json else words}\n")
    return 0


def forget(organisation: _Ods, data_dir: DataDir = None, database_url: DatabaseUrl = "") -> int:
    """Forget all that is known of the staff of an organisation."""
    import sys

    async def work(at_work: "Operating") -> None:
        from lhcr.access.staff import forget_staff

        await forget_staff(at_work.changes, at_work.operator, organisation)

    _run(work, data_dir, database_url)
    sys.stdout.write(f"Forgotten: the staff of {organisation}\n")
    return 0


def _run(work: "Callable[[Operating], Awaitable[None]]", data_dir: Path | None, database_url: str) -> None:
    import asyncio

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        asyncio.run(_operate(work, dsn))


async def _operate(work: "Callable[[Operating], Awaitable[None]]", dsn: str) -> None:
    from lhcr.cli.operating import operating

    async with operating(dsn) as at_work:
        await work(at_work)
