"""`lhcr retention`: what is due to be disposed of by the area's rules, its disposal, and holds that stop it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from lhcr.access.decision import AccessDecision
    from lhcr.parts import Parts
    from lhcr.record.retention import Judged


def make_retention() -> typer.Typer:
    app = typer.Typer(
        help="Tell what is due to be disposed of by the area's retention rules, dispose of it, and hold entries back.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.command(cls=PlainCommand)(due)
    app.command(cls=PlainCommand)(dispose)
    app.command(cls=PlainCommand)(hold)
    return app


def due(
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="What is due before this day, such as 2026-01-31.")
    ] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Count what is due by source and rule, and what is kept because a date is not known or an order holds it. Changes nothing."""
    return _run(lambda dsn: _due(dsn, _day(before)), data_dir, database_url, as_json=as_json)


def dispose(
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="Entries whose retention ended before this day.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Dispose of them; without it they are only counted.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Dispose of entries whose retention has ended, one person at a time. It can be stopped and given again, and not undone."""
    work = _dispose if yes else _due
    return _run(lambda dsn: work(dsn, _day(before)), data_dir, database_url, as_json=as_json)


def hold(
    reference: Annotated[str, typer.Argument(metavar="TYPE/ID", help="An entry; of a Patient, all of the person.")],
    authority: Annotated[str, typer.Option("--authority", metavar="WORDS", help="Why, and on whose authority.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Keep an entry, or all of a person, from disposal until `lhcr entry release` with the order's reference."""
    return _run(lambda dsn: _hold(dsn, reference, authority), data_dir, database_url, as_json=as_json)


def _run(work: "Callable[[str], Awaitable[dict[str, Any]]]", data_dir: Any, database_url: str, *, as_json: bool) -> int:
    import asyncio
    import json
    import sys

    from lhcr.cli.database import open_database

    async def told(dsn: str) -> dict[str, Any]:
        return await work(dsn)

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        found = asyncio.run(told(dsn))
    sys.stdout.write((json.dumps(found) if as_json else "\n".join(found["lines"])) + "\n")
    return 0


def _day(text: str) -> "date":
    from datetime import UTC, date, datetime

    from lhcr.kernel.errors import Incorrect, Issue

    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        diagnostics = "Give the day as 2026-01-31."
        raise Incorrect([Issue(code="value", error="date-unreadable", diagnostics=diagnostics)]) from None


async def _due(dsn: str, before: "date") -> dict[str, Any]:
    from lhcr.cli.oversight import overseeing

    async with overseeing(dsn, asked=f"what retention ends before {before.isoformat()}") as parts:
        kept = await parts.record.retention()
        found = [each async for each in kept.judged(before=before)]
    return _told(found, "due; nothing was changed")


async def _dispose(dsn: str, before: "date") -> dict[str, Any]:
    from lhcr.cli.oversight import overseeing

    async with overseeing(dsn, asked=f"what retention ends before {before.isoformat()}, to dispose of it") as parts:
        kept = await parts.record.retention()
        found = [each async for each in kept.dispose(_decide(parts), before=before)]
    return _told(found, "disposed of")


def _decide(parts: "Parts") -> "Callable[[int], Awaitable[AccessDecision]]":
    from lhcr.cli.ordering import decide

    return lambda person_id: decide(parts, None, person_id, asked="entries whose retention has ended")


async def _hold(dsn: str, reference: str, authority: str) -> dict[str, Any]:
    from lhcr.cli.ordering import ordering

    whole = reference.startswith("Patient/")
    async with ordering(dsn, reference) as given:
        kept = await given.parts.record.retention()
        order = await kept.hold(given.decision, given.selection, whole=whole, authority=authority)
    what = "All of this person's entries are" if whole else "This entry is"
    return {"order": order, "lines": [f"{what} held back from disposal by the order {order} until it is released."]}


def _told(found: "list[Judged]", done: str) -> dict[str, Any]:
    """Count entries by source, rule and reason, for people and for programs."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    for each in found:
        counted = counts.setdefault((each.ods, each.rule, each.reason), [0, 0])
        counted[0] += len(each.rows)
        counted[1] += 1
    listed = [
        {"source": ods, "rule": rule, "kept": reason, "entries": entries, "persons": persons}
        for (ods, rule, reason), (entries, persons) in sorted(counts.items())
    ]
    lines = [
        f"{each['source']}, rule {each['rule']}: {each['entries']} entries of {each['persons']} people "
        + (f"kept, because {each['kept']}." if each["kept"] else f"{done}.")
        for each in listed
    ]
    return {"counted": listed, "lines": lines or ["Nothing is due."]}
