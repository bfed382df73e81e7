"""`lhcr agreement`: who shares which kinds of entry with whom. `load` replaces the list as a whole; `check` only reads a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from datetime import datetime

    from lhcr.access.agreement import Agreement
    from lhcr.access.agreement_list import ListChange
    from lhcr.access.policy import Policy

_File = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help='Agreements: {"agreements": [...]}.')
]


def make_agreement() -> typer.Typer:
    app = typer.Typer(
        help="Sharing agreements between organisations: load them, list them, check a file of them.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.command(cls=PlainCommand)(load)
    app.command(name="list", cls=PlainCommand)(list_agreements)
    app.command(cls=PlainCommand)(check)
    return app


def load(file: _File, data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Let the agreements of a file take the place of those that hold. Every worker obeys with its next request; the log says who did."""
    import asyncio
    import json
    import sys

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        change = asyncio.run(_load(dsn, file.read_bytes()))
    counts = {each: getattr(change, each) for each in ("added", "changed", "removed", "unchanged")}
    words = ", ".join(f"{count} {what}" for what, count in counts.items())
    sys.stdout.write(json.dumps(counts) + "\n" if as_json else f"Agreements: {words}.\n")
    return 0


def list_agreements(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """List the agreements with how each stands today, and what holds between organisations that none of them names."""
    import asyncio
    import json
    import sys

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        found, otherwise = asyncio.run(_read(dsn))
    rows = [_facts(each) for each in found]
    if as_json:
        sys.stdout.write(json.dumps({"otherwise": otherwise, "agreements": rows}) + "\n")
        return 0
    for row in rows:
        sys.stdout.write(_line(row))
    sys.stdout.write(f"Organisations that no agreement names together share {_WORDS[otherwise]}.\n")
    return 0


_WORDS = {"open": "everything that the other rules permit", "off": "nothing"}


def check(file: _File, data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Read a file without loading it: every mistake with its place, and what may not be meant. Nothing is changed."""
    import asyncio
    import json
    import sys

    from lhcr.cli.area_policy import read_area_policy
    from lhcr.cli.counted import counted
    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        policy = asyncio.run(read_area_policy(dsn))
    count, mistakes, doubted = _checked(file.read_bytes(), policy)
    if as_json:
        sys.stdout.write(json.dumps({"agreements": count, "mistakes": mistakes, "doubts": doubted}) + "\n")
        return 2 if mistakes else 0
    said = [*mistakes, *(f"Is this meant? {each}" for each in doubted)]
    said += [] if mistakes else [f"{counted(count, 'agreement', 'agreements')} can be loaded."]
    sys.stdout.writelines(f"{each}\n" for each in said)
    return 2 if mistakes else 0


def _checked(text: bytes, policy: "Policy") -> tuple[int, list[str], list[str]]:
    """Return how many agreements a file has, what is wrong, and what may not be meant."""
    from lhcr.access.agreement_file import doubts, read_agreements
    from lhcr.kernel.errors import Incorrect

    try:
        found = read_agreements(text, policy=policy)
    except Incorrect as error:
        return 0, [issue.diagnostics for issue in error.issues], []
    return len(found), [], [f"{name} {what}" for name, what in doubts(found, policy=policy)]


async def _load(dsn: str, text: bytes) -> "ListChange":
    from lhcr.access.agreement_file import read_agreements
    from lhcr.access.agreement_list import replace_agreements
    from lhcr.cli.operating import operating

    async with operating(dsn) as at_work:
        agreements = read_agreements(text, policy=at_work.parts.policy)
        return await replace_agreements(at_work.changes, at_work.operator, agreements)


async def _read(dsn: str) -> "tuple[tuple[Agreement, ...], str]":
    from lhcr.access.agreement_list import read_agreement_list
    from lhcr.cli.area_policy import read_area_policy
    from lhcr.store.database import open_pool

    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        found = await read_agreement_list(pool)
    return found, (await read_area_policy(dsn)).file.agreements.otherwise.value


def _facts(one: "Agreement") -> dict[str, object]:
    from lhcr.access.span import ENDLESS

    return {
        "id": one.agreement_id,
        "sources": sorted(one.sources),
        "recipients": sorted(one.recipients),
        "categories": sorted(one.categories),
        "state": one.state.value,
        "testers": [{"organisation": each.organisation, "user": each.user_id} for each in sorted(one.testers)],
        "from": one.low.isoformat(),
        "until": one.high.isoformat() if one.high < ENDLESS else None,
        "in_emergency": one.in_emergency,
        "now": _now(one.low, one.high),
    }


def _now(low: "datetime", high: "datetime") -> str:
    from lhcr.kernel.clock import SystemClock

    now = SystemClock().now()
    return "not begun" if now < low else "in force" if now < high else "ended: shares nothing"


def _line(row: dict[str, object]) -> str:
    names = {key: ",".join(row[key]) for key in ("sources", "recipients", "categories")}  # type: ignore[arg-type]
    until = f" until {row['until']}" if row["until"] else ""
    return (
        f"{row['id']}  {row['state']}  {names['sources']} -> {names['recipients']}  {names['categories']}  "
        f"from {row['from']}{until}  ({row['now']})\n"
    )
