"""`lhcr entry`: orders of the privacy office over entries: remove, restrict, release, which stand; and to dispute one."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from lhcr.record.entry_order import GivenOrder
    from lhcr.record.entry_reach import Reach

_Reference = Annotated[
    str,
    typer.Argument(metavar="TYPE/ID", help="The entry; with --source a Patient, and the order is about that person."),
]
_Entry = Annotated[str, typer.Argument(metavar="TYPE/ID", help="The entry, such as Condition/0C4K2V7Q3M5ZT.")]
_Source = Annotated[
    str,
    typer.Option(
        "--source", metavar="ODS", help="All that this organisation contributed about the person of a Patient."
    ),
]
_Authority = Annotated[
    str,
    typer.Option(
        "--authority", metavar="WORDS", help="On whose authority, in words: the court, its date and number. No content."
    ),
]
_Order = Annotated[str, typer.Argument(metavar="ORDER", help="The order's reference, such as D-0C4K2V7Q3M5ZT.")]
#: What a released order means, by its kind.
_LET_GO: Final = {
    "hold": "What it held back may be disposed of when its retention has ended.",
    "removal": "Its source may send what was removed again. Nothing came back.",
    "disposal": "Its source may send what was disposed of again. Nothing came back.",
}
#: So many names are told; a whole person's entries are counted.
_MOST_TOLD: Final = 20


def make_entry() -> typer.Typer:
    app = typer.Typer(
        help="Give the privacy office's orders over entries: remove, restrict, release.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.command(cls=PlainCommand)(remove)
    app.command(cls=PlainCommand)(restrict)
    app.command(cls=PlainCommand)(release)
    app.command(cls=PlainCommand)(orders)
    app.command(cls=PlainCommand)(dispute)
    return app


def remove(
    reference: _Reference,
    authority: _Authority = "",
    source: _Source = "",
    yes: Annotated[bool, typer.Option("--yes", help="Remove; without it what would be reached is told.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Remove an entry under an order, in every version and copy here, for good. Its source may not send it again until released."""
    return _run(
        lambda dsn: _remove(dsn, reference, source, authority, yes=yes), data_dir, database_url, as_json=as_json
    )


def restrict(
    reference: _Reference,
    authority: _Authority,
    source: _Source = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Restrict the processing of an entry: nobody but its own source is shown it, until the order is released."""
    return _run(lambda dsn: _restrict(dsn, reference, source, authority), data_dir, database_url, as_json=as_json)


def release(
    order: _Order,
    authority: _Authority,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Release an order: what it restricts is shown again; what it removed may be sent again by its source, and does not come back."""
    return _run(lambda dsn: _release(dsn, order, authority), data_dir, database_url, as_json=as_json)


def orders(reference: _Entry, data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """List the orders about the person whom an entry is about, with their authority and whether they stand."""
    return _run(lambda dsn: _orders(dsn, reference), data_dir, database_url, as_json=as_json)


def dispute(
    reference: _Entry,
    words: Annotated[
        str,
        typer.Option("--words", metavar="WORDS", help="What is wrong and what would be right, in the person's words."),
    ],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Ask the source of an entry, for the person, to correct it or say why it stands: a Task among that source's entries."""
    return _run(lambda dsn: _dispute(dsn, reference, words), data_dir, database_url, as_json=as_json)


def _run(work: Any, data_dir: Any, database_url: str, *, as_json: bool) -> int:
    import asyncio
    import json
    import sys

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        told = asyncio.run(work(dsn))
    sys.stdout.write((json.dumps(told) if as_json else "\n".join(told["lines"])) + "\n")
    return 0


async def _remove(dsn: str, reference: str, source: str, authority: str, *, yes: bool) -> dict[str, Any]:
    from lhcr.cli.ordering import ordering

    async with ordering(dsn, reference, source=source) as given:
        removal = given.parts.record.removal
        if not yes:
            reach = await removal.consider(given.decision, given.selection)
            return _told(
                "", reach, ["Nothing was changed. Give the command again with --authority and --yes to remove."]
            )
        removed = await removal.remove(given.decision, given.selection, authority=authority)
    lines = [f"Removed under the order {removed.order_id}."]
    if removed.names_kept:
        lines.append(
            f"Other entries still mean the person by {_some(removed.names_kept)}: the id stays, and nothing of its content."
        )
    if removed.quarantined:
        lines.append(f"Copies in quarantine were emptied: {removed.quarantined}.")
    if removed.shows_places:
        lines.append("Nobody says any more that this person must not be found: where they live is shown from now on.")
    return _told(removed.order_id, removed.reach, lines)


async def _restrict(dsn: str, reference: str, source: str, authority: str) -> dict[str, Any]:
    from lhcr.cli.ordering import ordering

    async with ordering(dsn, reference, source=source) as given:
        done = await given.parts.record.processing.restrict(given.decision, given.selection, authority=authority)
    lines = [
        f"Restricted under the order {done.order_id}: nobody but its source is shown it until the order is released."
    ]
    if done.followers:
        lines.append(f"Restricted with it: {_some(done.followers)}.")
    return _told(done.order_id, done.reach, lines)


async def _release(dsn: str, order_id: str, authority: str) -> dict[str, Any]:
    from lhcr.cli.ordering import decide
    from lhcr.kernel.clock import SystemClock
    from lhcr.kernel.settings import Settings
    from lhcr.parts import running_parts
    from lhcr.record.entry_order import OrderKind

    async with running_parts(Settings(), dsn, clock=SystemClock()) as parts:
        record, wanted = parts.record, order_id.strip().upper()
        person = await record.orders.whose(wanted)
        decision = await decide(parts, None, person, asked=wanted)
        found = [each for each in await record.orders.of(decision) if each.order_id == wanted]
        if not found:
            raise await record.orders.about_nobody(decision)
        if found[0].kind is OrderKind.RESTRICTION:
            shown = await record.processing.release(decision, found[0], authority=authority)
            line = f"Shown again: {_some([each.reference for each in shown])}."
        else:
            await record.removal.release(decision, found[0], authority=authority)
            line = _LET_GO[found[0].kind.value]
    return {"order": wanted, "lines": [f"The order {wanted} is released.", line]}


async def _dispute(dsn: str, reference: str, words: str) -> dict[str, Any]:
    from lhcr.cli.ordering import ordering

    async with ordering(dsn, reference) as given:
        about = given.selection
        raised = await given.parts.record.disputes.dispute(given.decision, type=about.type, id=about.id, words=words)
    lines = [f"{raised.organisation} is asked by {raised.task}, which its system reads and answers."]
    return {"task": raised.task, "organisation": raised.organisation, "lines": lines}


async def _orders(dsn: str, reference: str) -> dict[str, Any]:
    from lhcr.cli.ordering import ordering

    async with ordering(dsn, reference) as given:
        found = await given.parts.record.orders.of(given.decision)
    return {"orders": [_order_json(each) for each in found], "lines": [*map(_order_line, found)] or ["No orders."]}


def _order_json(order: "GivenOrder") -> dict[str, Any]:
    return {
        "order": order.order_id,
        "kind": order.kind.value,
        "authority": order.authority,
        "given": order.given.isoformat(),
        "by": order.given_by,
        "released": order.released.isoformat() if order.released else None,
    }


def _order_line(order: "GivenOrder") -> str:
    ended = f", released {order.released:%Y-%m-%d}" if order.released else ""
    return f"{order.order_id}  {order.kind.value}, given {order.given:%Y-%m-%d} by {order.given_by}{ended}: {order.authority}"


def _told(order_id: str, reach: "Reach", lines: list[str]) -> dict[str, Any]:
    """Return what an order reaches and does not, for people and for programs."""
    parts = {
        "entries": [each.reference for each in reach.rows],
        "documents": [each.reference for each in reach.documents],
        "disputes": [each.reference for each in reach.disputes],
        "attachments": [each.reference for each in reach.attachments],
        "holding": [*reach.holding],
        "referring": [*reach.referring],
        "shared": [*reach.shared],
    }
    told = [f"{_WORDS[name]}: {_some(names)}." for name, names in parts.items() if names]
    return {"order": order_id, **parts, "lines": [*lines, *told]}


_WORDS: Final = {
    "entries": "Entries reached",
    "documents": "Documents of the same source that hold a copy, reached with them",
    "disputes": "What was said to be wrong with them, reached with them",
    "attachments": "Attachments that only these entries name, reached with them",
    "holding": "NOT reached, because another organisation answers for them: documents that hold a copy",
    "referring": "NOT reached: entries that refer to them, and stay as they are",
    "shared": "NOT reached: attachments that other entries name too",
}


def _some(names: Any) -> str:
    listed = [*names]
    more = len(listed) - _MOST_TOLD
    return ", ".join(listed[:_MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
