"""`lhcr sensitivity`: value sets of what is sensitive. Loading or removing one relabels what is stored, and says when that is done."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from lhcr.access.policy import Policy
    from lhcr.access.sensitivity_change import SensitivitySets
    from lhcr.access.sensitivity_set import StandingSet
    from lhcr.cli.operating import Operating
    from lhcr.identity.principal import Principal
    from lhcr.record.relabelling import Relabelling


def make_sensitivity() -> typer.Typer:
    app = typer.Typer(
        help="Value sets of what is sensitive: load them, list them, remove them, go on relabelling.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.command(cls=PlainCommand)(load)
    app.command(name="list", cls=PlainCommand)(list_sets)
    app.command(cls=PlainCommand)(remove)
    app.command(cls=PlainCommand)(relabel)
    return app


def load(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="A FHIR ValueSet in JSON, or lines of system|code."
        ),
    ],
    label: Annotated[
        str, typer.Option("--label", metavar="CODE", help="The sensitive label of its codes, such as GDIS.")
    ] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Load a value set, or a new version of it, and relabel what is stored. Its codes count with the next write.

    Exit code 0: every stored entry carries what the set says. Stopped before, it is gone on with by `lhcr sensitivity relabel`.
    """
    from lhcr.access.sensitivity_file import read_value_set

    loaded = read_value_set(file.read_bytes(), name=file.stem)

    async def change(sets: "SensitivitySets", operator: "Principal", policy: "Policy") -> None:
        named = label or loaded.label
        await sets.load(loaded, label=_label(named, policy) if named else None, operator=operator)

    return _change(change, data_dir, database_url, as_json=as_json)


def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name by which `list` knows it.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Take a value set away, and its labels from what is stored. What another set or its source labels stays so."""

    async def change(sets: "SensitivitySets", operator: "Principal", _: "Policy") -> None:
        await sets.remove(name, operator=operator)

    return _change(change, data_dir, database_url, as_json=as_json)


def relabel(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """Go on with a relabelling that was stopped; where all is labelled already, nothing is done."""

    async def change(*_: object) -> None:
        return

    return _change(change, data_dir, database_url, as_json=as_json)


def list_sets(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """List the value sets: name, version, label, how many codes, and since when each is in force or how many rows are left."""
    import asyncio

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        asyncio.run(_list(dsn, as_json=as_json))
    return 0


def _label(told: str, policy: "Policy") -> str:
    """Raises BadParameter for a label that is no code of ActCode which the area's policy takes for sensitive."""
    from lhcr.access.security_label import canonical_label
    from lhcr.nhs.systems import ACT_CODE

    label = canonical_label(told if "|" in told else f"{ACT_CODE}|{told}")
    known = sorted(each for each in policy.sensitive_labels if each.startswith(f"{ACT_CODE}|"))
    if label not in known:
        codes = ", ".join(each.rpartition("|")[2] for each in known)
        raise typer.BadParameter(f"The label of a value set is one that hides by the area's policy: {codes}.")
    return label


def _change(
    change: "Callable[[SensitivitySets, Principal, Policy], Awaitable[None]]",
    data_dir: Path | None,
    database_url: str,
    *,
    as_json: bool,
) -> int:
    import asyncio

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        asyncio.run(_change_and_relabel(dsn, change, as_json=as_json))
    return 0


async def _change_and_relabel(
    dsn: str, change: "Callable[[SensitivitySets, Principal, Policy], Awaitable[None]]", *, as_json: bool
) -> None:
    from lhcr.cli.operating import operating

    async with operating(dsn) as at_work:
        sets = sets_of(at_work)
        await change(sets, at_work.operator, at_work.parts.policy)
        relabelling = await relabelling_of(at_work)
        await relabelling.run()
        _tell(await sets.all(), left=await relabelling.left(), as_json=as_json)


async def _list(dsn: str, *, as_json: bool) -> None:
    from lhcr.cli.operating import operating

    async with operating(dsn) as at_work:
        _tell(await sets_of(at_work).all(), left=await (await relabelling_of(at_work)).left(), as_json=as_json)


def sets_of(at_work: "Operating") -> "SensitivitySets":
    from lhcr.access.sensitivity_change import SensitivitySets

    return SensitivitySets(at_work.parts.side_pool, at_work.changes, clock=at_work.parts.clock)


async def relabelling_of(at_work: "Operating") -> "Relabelling":
    from lhcr.identity.area_settings import read_setting
    from lhcr.parts import IDENTIFIER_KEY
    from lhcr.record.relabelled_followers import FollowedLabels
    from lhcr.record.relabelling import Relabelling
    from lhcr.record.surviving_routes import SurvivingRoutes

    parts = at_work.parts
    key = await read_setting(parts.side_pool, IDENTIFIER_KEY)
    followed = FollowedLabels(routes=SurvivingRoutes(key or b"", parts.classes), base=parts.settings.fhir_base)
    return Relabelling(pool=parts.side_pool, classes=parts.classes, followed=followed, clock=parts.clock)


def _tell(sets: "Sequence[StandingSet]", *, left: int, as_json: bool) -> None:
    import json
    import sys

    facts = [
        {
            "name": each.name,
            "version": each.version,
            "label": each.label,
            "codes": each.codes,
            "in_force_since": None if each.in_force is None else each.in_force.isoformat(timespec="seconds"),
            "leaving": each.leaving,
        }
        for each in sets
    ]
    if as_json:
        sys.stdout.write(json.dumps({"rows_left": left, "value_sets": facts}) + "\n")
        return
    for each in sets:
        sys.stdout.write(_line(each, left))
    sys.stdout.write("" if sets else "No value sets are loaded.\n")


def _line(one: "StandingSet", left: int) -> str:
    from lhcr.cli.counted import counted

    rows = f"{counted(left, 'row', 'rows')} left"
    since = None if one.in_force is None else f"in force since {one.in_force:%Y-%m-%d %H:%M:%S} UTC"
    state = f"being removed, {rows}" if one.leaving else since or f"relabelling, {rows}"
    what = f"{one.name} {one.version}".strip()
    return f"{what}: {one.label.rpartition('|')[2]}, {counted(one.codes, 'code', 'codes')}; {state}\n"
