"""`lhcr person`: orders of the privacy office that two persons are one, and that they are two after all."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from lhcr.record.merge_reason import MergeReason
    from lhcr.record.merging import Considered, Merged

_Old = Annotated[
    str,
    typer.Argument(metavar="OLD", help="Whose record goes on in the other's: Patient/ID or an NHS number."),
]
_Current = Annotated[
    str, typer.Argument(metavar="CURRENT", help="Whose number stays the current one: Patient/ID or an NHS number.")
]
_Reason = Annotated[
    str,
    typer.Option(
        "--reason",
        metavar="CODE",
        help="duplicate-registration: one person was registered twice, and both numbers are theirs. wrong-number: a number was written "
        "down for them that is not theirs. placeholder: entries came before it was known whose they are. Never for a number newly "
        "issued for adoption, gender recognition or protection, which is never linked to the old one.",
    ),
]
_Authority = Annotated[
    str,
    typer.Option(
        "--authority",
        metavar="WORDS",
        help="Who decided it and on what ground, in 10 to 500 characters; no content of the record. Needed to change anything.",
    ),
]


def make_person() -> typer.Typer:
    app = typer.Typer(
        help="Give the privacy office's orders that two persons are one, or two after all.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.command(cls=PlainCommand)(merge)
    app.command(cls=PlainCommand)(unmerge)
    return app


def merge(
    old: _Old,
    current: _Current,
    reason: _Reason,
    authority: _Authority = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be brought, and change nothing.")] = False,
    differences_seen: Annotated[
        bool,
        typer.Option(
            "--differences-seen",
            help="Merge although they differ in birth date, name or gender: somebody made sure that they are one.",
        ),
    ] = False,
    restriction_seen: Annotated[
        bool,
        typer.Option(
            "--restriction-seen",
            help="Merge although one of them must not be found: somebody made sure that no number was newly issued for that.",
        ),
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Have the record of one person go on in another's, whole; either number and every id lead there from then on."""
    from lhcr.record.merge_reason import Seen, read_reason

    why = read_reason(reason)
    if dry_run:
        return _run(lambda dsn: _consider(dsn, old, current), data_dir, database_url, as_json=as_json)
    seen = Seen(differences=differences_seen, restriction=restriction_seen)
    return _run(lambda dsn: _merge(dsn, old, current, why, authority, seen), data_dir, database_url, as_json=as_json)


def unmerge(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="The merge's reference, such as D-0C4K2V7Q3M5ZT.")],
    authority: _Authority = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Undo a merge: each source's entries go back; what was written meanwhile goes to whom it names, or stays and is told."""
    return _run(lambda dsn: _unmerge(dsn, order, authority), data_dir, database_url, as_json=as_json)


def _run(work: Any, data_dir: Any, database_url: str, *, as_json: bool) -> int:
    import asyncio
    import json
    import sys

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        told = asyncio.run(work(dsn))
    sys.stdout.write((json.dumps(told) if as_json else "\n".join(told["lines"])) + "\n")
    return 0


async def _consider(dsn: str, old: str, current: str) -> dict[str, Any]:
    from lhcr.cli.merge_orders import pairing

    async with pairing(dsn, old, current) as given:
        found = await given.parts.record.merging.consider(given.pair)
    return {
        "entries": dict(found.entries),
        "differences": found.differs,
        "restriction": found.restricted,
        "lines": ["Nothing was changed.", f"Would be brought: {_counted(found.entries)}.", *_to_be_seen(found)],
    }


async def _merge(dsn: str, old: str, current: str, reason: "MergeReason", authority: str, seen: Any) -> dict[str, Any]:
    from lhcr.cli.merge_orders import pairing

    async with pairing(dsn, old, current) as given:
        done = await given.parts.record.merging.merge(given.pair, reason=reason, authority=authority, seen=seen)
    return {"order": done.merge_id, "entries": dict(done.entries), "lines": _done(done)}


async def _unmerge(dsn: str, order: str, authority: str) -> dict[str, Any]:
    from lhcr.cli.merge_orders import undoing

    async with undoing(dsn, order.strip().upper()) as given:
        done = await given.parts.record.unmerging.unmerge(given.decision, given.merge, authority=authority)
    lines = [f"The merge {given.merge.merge_id} is undone. Went back: {_counted(done.entries)}."]
    if done.untold:
        lines.append(
            f"Written meanwhile, and names neither for certain, so that it stays with the survivor: {', '.join(done.untold)}."
        )
    return {"order": given.merge.merge_id, "entries": dict(done.entries), "untold": [*done.untold], "lines": lines}


def _done(done: "Merged") -> list[str]:
    return [
        f"Merged under the order {done.merge_id}. Brought: {_counted(done.entries)}.",
        "Whoever opened either record by a claim or in an emergency has to say so again.",
    ]


def _to_be_seen(found: "Considered") -> list[str]:
    told = []
    if found.differs:
        told.append(
            "They differ in birth date, name or gender: make sure that they are one, and say --differences-seen."
        )
    if found.restricted:
        told.append(
            "One of them must not be found: make sure that no number was newly issued for that, and say --restriction-seen."
        )
    return told


def _counted(entries: Any) -> str:
    return ", ".join(f"{count} {type_}" for type_, count in sorted(entries.items())) or "no entry"
